using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends rate · gradient whole; keeps no residual and no copy of the gradient.</summary>
public sealed class DenseCodec : IUpdateCodec
{
    // Values multiplied and summed while they are in the first-level cache: 16 KiB.
    private const int BlockLength = 4096;

    private float[]? _gradient;
    private float _rate;
    private long _nextUpdate;

    /// <param name="dimension">d, at least 1.</param>
    public DenseCodec(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
    }

    /// <inheritdoc/>
    public string Kind => CodecPlan.Dense;

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Residual => [];

    /// <inheritdoc/>
    public double ResidualNormSquared => 0;

    /// <inheritdoc/>
    public double Gamma => double.IsNaN(UpdateNormSquared) ? double.NaN : 0;

    /// <inheritdoc/>
    public double UpdateNormSquared { get; private set; } = double.NaN;

    /// <inheritdoc/>
    public long NextUpdate
    {
        get => _nextUpdate;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _nextUpdate = value;
        }
    }

    /// <inheritdoc/>
    public bool TryBegin(float[] gradient, float rate)
    {
        CodecArguments.CheckUpdate(gradient, rate, Dimension);

        // Squares of finite f32 cannot overflow an f64, so a finite sum means finite products.
        SquareSum sum = default;
        sum.AddScaled(gradient, rate);
        bool isFinite = double.IsFinite(sum.Total);
        _gradient = isFinite ? gradient : null;
        if (isFinite)
        {
            _rate = rate;
            UpdateNormSquared = sum.Total;
            _nextUpdate++;
        }

        return isFinite;
    }

    /// <inheritdoc/>
    public PayloadKind KindOf(ShardRange range) => PayloadKind.Dense;

    /// <inheritdoc/>
    public int EntryCount(ShardRange range) => range.Length;

    /// <inheritdoc/>
    public int PayloadSize(ShardRange range) => FramePayload.SizeOf(PayloadKind.Dense, range.Length, range.Length);

    /// <inheritdoc/>
    public double Write(ShardRange range, Span<byte> payload)
    {
        float[] gradient = _gradient ?? throw CodecArguments.NothingBegun();
        CodecArguments.CheckRange(range, Dimension);
        CodecArguments.CheckRoom(range, payload, PayloadSize(range));
        return WriteScaled(gradient.AsSpan(range.Start, range.Length), _rate, LittleEndian.Floats(payload));
    }

    /// <inheritdoc/>
    public void TakeBack()
    {
        _ = _gradient ?? throw CodecArguments.NothingBegun();
        _gradient = null;
        _nextUpdate--;
    }

    /// <inheritdoc/>
    public void ClearResidual() => _gradient = null;

    /// <inheritdoc/>
    public void LoadResidual(ReadOnlySpan<float> residual)
    {
        CodecArguments.CheckNoResidual(residual, Kind);
        _gradient = null;
    }

    private static double WriteScaled(ReadOnlySpan<float> gradient, float rate, Span<float> values)
    {
        SquareSum sum = default;
        for (int start = 0; start < gradient.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, gradient.Length - start);
            Span<float> block = values.Slice(start, length);
            FloatLoops.Scale(gradient.Slice(start, length), rate, block);
            sum.Add(block);
        }

        return sum.Total;
    }
}
