using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends some coordinates and nothing of the others; derived codecs say which.</summary>
/// <remarks>
/// <para>A range in which sparse entries would take more bytes than all values is sent dense: coordinates that were not
/// chosen are 0 in it and stay in the residual, so the layout never changes what is sent.</para>
/// <para>Values go as floats or rounded to bfloat16. Invariant: sent + residual′ = residual + rate · gradient, exactly in every
/// coordinate: as floats each goes whole to one side, and what bfloat16 leaves of a value fits a float.</para>
/// </remarks>
public abstract class SubsetCodec : ResidualCodec
{
    private readonly bool _isBfloat16;

    // Chosen coordinates of a block, and the places of its values: for bfloat16 alone.
    private readonly uint[] _indices;
    private readonly float[] _values;

    private protected SubsetCodec(int dimension, bool errorFeedback, bool isBfloat16)
        : base(dimension, errorFeedback)
    {
        _isBfloat16 = isBfloat16;
        int room = isBfloat16 ? Math.Min(dimension, UpdateSum.BlockLength) : 0;
        _indices = new uint[room];
        _values = new float[room];
    }

    /// <inheritdoc/>
    public override double GrowthMax => _isBfloat16 ? 1 + Bfloat16Loops.RoundoffMax : 1;

    private protected sealed override bool TryChoose(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms)
    {
        if (!TryChooseCoordinates(gradient, rate, residual, sum, out norms))
        {
            return false;
        }

        if (_isBfloat16)
        {
            norms = norms with { Error = norms.Error + RoundingError(sum) };
        }

        return double.IsFinite(norms.Error);
    }

    /// <summary>As <see cref="ResidualCodec.TryChoose"/>; the error is that of the coordinates not chosen.</summary>
    private protected abstract bool TryChooseCoordinates(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms);

    private protected override PayloadKind KindIn(ShardRange range) => KindOf(range, CountChosen(range));

    private protected override int CountIn(ShardRange range)
    {
        int count = CountChosen(range);
        return count == 0 || FramePayload.IsSparse(KindOf(range, count)) ? count : range.Length;
    }

    private protected override int SizeIn(ShardRange range)
    {
        int count = CountChosen(range);
        return FramePayload.SizeOf(KindOf(range, count), count, range.Length);
    }

    private protected override double WriteIn(ShardRange range, Span<float> pending, Span<byte> payload)
    {
        int count = CountChosen(range);
        switch (KindOf(range, count))
        {
            case PayloadKind.None:
                return 0;
            case PayloadKind.Dense:
                Span<float> all = LittleEndian.Floats(payload);
                MoveToPlaces(range, pending, all);
                return SquareSum.Of(all);
            case PayloadKind.DenseBfloat16:
                RoundToPlaces(range, pending, LittleEndian.UShorts(payload));
                return FramePayload.SubtractDecoded(pending, PayloadKind.DenseBfloat16, payload);
            case PayloadKind.SparseBfloat16:
                return WriteRounded(range, count, pending, payload);
            default:
                int indicesSize = count * sizeof(uint);
                Span<uint> indices = LittleEndian.UInts(payload[..indicesSize]);
                Span<float> values = LittleEndian.Floats(payload[indicesSize..]);
                CopyChosen(range, indices);
                MoveToEntries(range, indices, pending, values);
                return SquareSum.Of(values);
        }
    }

    /// <summary>How many coordinates of the range are sent; none whose value is 0.</summary>
    private protected abstract int CountChosen(ShardRange range);

    /// <summary>The chosen coordinates of the range, ascending, counted from its start.</summary>
    private protected abstract void CopyChosen(ShardRange range, Span<uint> indices);

    /// <summary>Moves the chosen values of the range to their places in <paramref name="values"/>; the others become 0.</summary>
    private protected abstract void MoveToPlaces(ShardRange range, Span<float> pending, Span<float> values);

    /// <summary>Moves the chosen values of the range one after the other to <paramref name="values"/>.</summary>
    /// <param name="indices">What <see cref="CopyChosen"/> wrote for the range.</param>
    private protected virtual void MoveToEntries(ShardRange range, ReadOnlySpan<uint> indices, Span<float> pending, Span<float> values)
    {
        values = values[..indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            ref float place = ref pending[(int)indices[i]];
            values[i] = place;
            place = 0;
        }
    }

    private PayloadKind KindOf(ShardRange range, int count)
    {
        if (count == 0)
        {
            return PayloadKind.None;
        }

        (PayloadKind dense, PayloadKind sparse) = _isBfloat16
            ? (PayloadKind.DenseBfloat16, PayloadKind.SparseBfloat16)
            : (PayloadKind.Dense, PayloadKind.Sparse);
        return (long)count * FramePayload.EntrySizeOf(sparse) > (long)range.Length * FramePayload.EntrySizeOf(dense) ? dense : sparse;
    }

    private double WriteRounded(ShardRange range, int count, Span<float> pending, Span<byte> payload)
    {
        int indicesSize = count * sizeof(uint);
        Span<uint> indices = LittleEndian.UInts(payload[..indicesSize]);
        Span<ushort> bits = LittleEndian.UShorts(payload[indicesSize..]);
        CopyChosen(range, indices);
        for (int i = 0; i < indices.Length; i++)
        {
            ref float place = ref pending[(int)indices[i]];
            bits[i] = Bfloat16Loops.Round(place);
            place -= Bfloat16Loops.Widen(bits[i]);
        }

        return FramePayload.NormSquared(PayloadKind.SparseBfloat16, payload, count);
    }

    // Of the chosen coordinates: what rounding takes from each. Infinite where a value rounds to infinity.
    private double RoundingError(ReadOnlySpan<float> sum)
    {
        double error = 0;
        for (int start = 0; start < Dimension; start += _indices.Length)
        {
            var block = new ShardRange(start, Math.Min(Dimension, start + _indices.Length));
            Span<uint> chosen = _indices.AsSpan(0, CountChosen(block));
            CopyChosen(block, chosen);
            foreach (uint index in chosen)
            {
                float value = sum[start + (int)index];
                double rest = (double)value - Bfloat16Loops.Widen(Bfloat16Loops.Round(value));
                error += rest * rest;
            }
        }

        return error;
    }

    // Rounds the chosen values and leaves them where they were; the others are 0 in bits.
    private void RoundToPlaces(ShardRange range, Span<float> pending, Span<ushort> bits)
    {
        for (int start = 0; start < pending.Length; start += _values.Length)
        {
            Span<float> block = pending[start..Math.Min(pending.Length, start + _values.Length)];
            Span<float> places = _values.AsSpan(0, block.Length);
            MoveToPlaces(new ShardRange(range.Start + start, range.Start + start + block.Length), block, places);
            Bfloat16Loops.Round(places, bits[start..]);
            for (int i = 0; i < places.Length; i++)
            {
                block[i] = places[i] != 0 ? places[i] : block[i];
            }
        }
    }
}
