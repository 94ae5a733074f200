using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends the k coordinates of largest magnitude; what it does not send stays in the residual.</summary>
/// <remarks>
/// <para>Shapes: gradient and residual are [d]. Exactly k coordinates are sent, fewer only when fewer are not zero; ties go
/// to the lower index.</para>
/// <para>A range in which sparse entries would take more bytes than all values is sent dense: coordinates that were not
/// chosen are 0 in it and stay in the residual, so the layout never changes what is sent.</para>
/// <para>Invariant: sent + residual′ = residual + rate · gradient, exactly in every coordinate, because each coordinate goes
/// whole to one side. TopKCodecProperties checks it.</para>
/// <para>Without error feedback there is no residual: what is not sent is dropped.</para>
/// </remarks>
public sealed class TopKCodec : IUpdateCodec
{
    private readonly LargestCoordinates _largest;
    private readonly bool _errorFeedback;

    // The residual, and the next one in the making: swapped only when the new one is whole and finite.
    private float[] _residual;
    private float[] _sum;
    private bool _begun;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="countMax">k, 1 .. d.</param>
    /// <param name="errorFeedback">Whether what is not sent is kept.</param>
    public TopKCodec(int dimension, int countMax, bool errorFeedback = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(countMax, dimension);
        Dimension = dimension;
        _errorFeedback = errorFeedback;
        _largest = new LargestCoordinates(dimension, countMax);
        _sum = new float[dimension];
        _residual = errorFeedback ? new float[dimension] : [];
    }

    /// <inheritdoc/>
    public string Kind => CodecPlan.TopK;

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Residual => _residual;

    /// <inheritdoc/>
    public double ResidualNormSquared => SquareSum.Of(_residual);

    // u: what is to be sent, and with error feedback the residual itself.
    private float[] Pending => _errorFeedback ? _residual : _sum;

    /// <inheritdoc/>
    public bool TryBegin(float[] gradient, float rate)
    {
        CodecArguments.CheckUpdate(gradient, rate, Dimension);
        _begun = _largest.TrySelect(gradient, rate, _residual, _sum);
        if (_begun && _errorFeedback)
        {
            (_residual, _sum) = (_sum, _residual);
        }

        return _begun;
    }

    /// <inheritdoc/>
    public PayloadKind KindOf(ShardRange range) => KindOf(range, SelectedIn(range).Length);

    /// <inheritdoc/>
    public int EntryCount(ShardRange range)
    {
        int count = SelectedIn(range).Length;
        return KindOf(range, count) == PayloadKind.Dense ? range.Length : count;
    }

    /// <inheritdoc/>
    public int PayloadSize(ShardRange range)
    {
        int count = SelectedIn(range).Length;
        return FramePayload.SizeOf(KindOf(range, count), count, range.Length);
    }

    /// <inheritdoc/>
    public double Write(ShardRange range, Span<byte> payload)
    {
        ReadOnlySpan<int> selected = SelectedIn(range);
        PayloadKind kind = KindOf(range, selected.Length);
        CodecArguments.CheckRoom(range, payload, FramePayload.SizeOf(kind, selected.Length, range.Length));
        Span<float> pending = Pending.AsSpan(range.Start, range.Length);
        switch (kind)
        {
            case PayloadKind.None:
                return 0;
            case PayloadKind.Dense:
                Span<float> all = LittleEndian.Floats(payload);
                MoveToPlaces(selected, range.Start, pending, all);
                return SquareSum.Of(all);
            default:
                int indicesSize = selected.Length * sizeof(uint);
                Span<float> values = LittleEndian.Floats(payload[indicesSize..]);
                MoveToEntries(selected, range.Start, pending, LittleEndian.UInts(payload[..indicesSize]), values);
                return SquareSum.Of(values);
        }
    }

    /// <inheritdoc/>
    public void ClearResidual()
    {
        _residual.AsSpan().Clear();
        _begun = false;
    }

    /// <inheritdoc/>
    public void LoadResidual(ReadOnlySpan<float> residual)
    {
        if (_errorFeedback)
        {
            CodecArguments.CheckResidual(residual, Dimension);
        }
        else
        {
            CodecArguments.CheckNoResidual(residual, $"{Kind} without error feedback");
        }

        residual.CopyTo(_residual);
        _begun = false;
    }

    private static PayloadKind KindOf(ShardRange range, int count)
    {
        if (count == 0)
        {
            return PayloadKind.None;
        }

        return (long)count * FramePayload.EntrySize > (long)range.Length * FramePayload.ValueSize
            ? PayloadKind.Dense
            : PayloadKind.Sparse;
    }

    private static void MoveToPlaces(ReadOnlySpan<int> selected, int start, Span<float> pending, Span<float> values)
    {
        values.Clear();
        foreach (int index in selected)
        {
            values[index - start] = pending[index - start];
            pending[index - start] = 0;
        }
    }

    private static void MoveToEntries(
        ReadOnlySpan<int> selected, int start, Span<float> pending, Span<uint> indices, Span<float> values)
    {
        indices = indices[..selected.Length];
        values = values[..selected.Length];
        for (int i = 0; i < selected.Length; i++)
        {
            int place = selected[i] - start;
            indices[i] = (uint)place;
            values[i] = pending[place];
            pending[place] = 0;
        }
    }

    private ReadOnlySpan<int> SelectedIn(ShardRange range)
    {
        if (!_begun)
        {
            throw CodecArguments.NothingBegun();
        }

        CodecArguments.CheckRange(range, Dimension);
        ReadOnlySpan<int> selected = _largest.Selected;
        int first = FirstNotBelow(selected, range.Start);
        int last = FirstNotBelow(selected, range.End);
        return selected[first..last];
    }

    private static int FirstNotBelow(ReadOnlySpan<int> ascending, int limit)
    {
        int place = ascending.BinarySearch(limit);
        return place >= 0 ? place : ~place;
    }
}
