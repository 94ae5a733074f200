using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Sends rate · gradient whole; keeps no residual and no copy of the gradient.</summary>
/// <remarks>
/// A range of which most values are 0, as gradients of sparse rows are, goes as entries where these are fewer bytes. What is not named in them is +0, so
/// parameters become the same in every bit.
/// </remarks>
public sealed class DenseCodec : IUpdateCodec
{
    // Values multiplied and summed while they are in the first-level cache: 16 KiB.
    private const int BlockLength = 4096;

    // No product of the rate with a coordinate is above that with the norm, but for the roundings of both.
    private const double RoundingFactor = 1 + 1e-6;

    private float[]? _gradient;
    private bool _isLent;
    private bool _hasBegun;
    private double _normSquared = double.NaN;

    // Coordinates whose value is not +0, when they are few; grown when a gradient first is like that.
    private int[] _coordinates = [];
    private int _count;
    private bool _isSparse;
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
    public double Gamma => _hasBegun ? 0 : double.NaN;

    /// <inheritdoc/>
    public double UpdateNormSquared
    {
        get
        {
            if (_gradient is not null && double.IsNaN(_normSquared))
            {
                _normSquared = SquaredOf(_gradient, _rate);
            }

            return _normSquared;
        }
    }

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
    public bool TryBegin(float[] gradient, float rate) => TryBegin(ref gradient, rate);

    /// <inheritdoc/>
    public bool TryBegin(ref float[] gradient, float rate, double norm = double.NaN)
    {
        CodecArguments.CheckUpdate(gradient, rate, Dimension);
        _isSparse = TryCollect(gradient);
        double squared = double.NaN;
        bool isFinite = !_isSparse && RoundingFactor * rate * norm < float.MaxValue;
        if (!isFinite)
        {
            // Squares of finite f32 cannot overflow an f64, so a finite sum means finite products.
            squared = _isSparse ? SquaredOfEntries(gradient, rate) : SquaredOf(gradient, rate);
            isFinite = double.IsFinite(squared);
        }

        _gradient = isFinite ? gradient : null;
        _isLent = false;
        if (isFinite)
        {
            _rate = rate;
            _normSquared = squared;
            _hasBegun = true;
            _nextUpdate++;
        }

        return isFinite;
    }

    /// <inheritdoc/>
    public bool SendsAll(ReadOnlySpan<float> gradient) => !SeemsSparse(gradient);

    /// <inheritdoc/>
    public void Lend(double normSquared)
    {
        if (!double.IsFinite(normSquared))
        {
            throw new ArgumentOutOfRangeException(nameof(normSquared), normSquared, "Use a finite number: an update that is not finite is not sent.");
        }

        (_gradient, _isLent, _isSparse) = (null, true, false);
        _normSquared = normSquared;
        _hasBegun = true;
        _nextUpdate++;
    }

    /// <inheritdoc/>
    public PayloadKind KindOf(ShardRange range) => !TryEntries(range, out ReadOnlySpan<int> entries) ? PayloadKind.Dense
        : entries.IsEmpty ? PayloadKind.None
        : PayloadKind.Sparse;

    /// <inheritdoc/>
    public int EntryCount(ShardRange range) => TryEntries(range, out ReadOnlySpan<int> entries) ? entries.Length : range.Length;

    /// <inheritdoc/>
    public int PayloadSize(ShardRange range) => TryEntries(range, out ReadOnlySpan<int> entries)
        ? FramePayload.SizeOf(PayloadKind.Sparse, entries.Length, range.Length)
        : FramePayload.SizeOf(PayloadKind.Dense, range.Length, range.Length);

    /// <inheritdoc/>
    public double Write(ShardRange range, Span<byte> payload)
    {
        float[] gradient = _gradient ?? throw CodecArguments.NothingBegun();
        CodecArguments.CheckRange(range, Dimension);
        CodecArguments.CheckRoom(range, payload, PayloadSize(range));
        return TryEntries(range, out ReadOnlySpan<int> entries)
            ? WriteEntries(gradient, entries, range.Start, payload)
            : WriteScaled(gradient.AsSpan(range.Start, range.Length), _rate, LittleEndian.Floats(payload));
    }

    /// <inheritdoc/>
    public void TakeBack()
    {
        if (_gradient is null && !_isLent)
        {
            throw CodecArguments.NothingBegun();
        }

        ClearResidual();
        _nextUpdate--;
    }

    /// <inheritdoc/>
    public void ClearResidual() => (_gradient, _isLent) = (null, false);

    /// <inheritdoc/>
    public void LoadResidual(ReadOnlySpan<float> residual)
    {
        CodecArguments.CheckNoResidual(residual, Kind);
        ClearResidual();
    }

    // The first block tells how it is with the others; where half is not 0, entries save nothing.
    private static bool SeemsSparse(ReadOnlySpan<float> gradient)
    {
        int first = Math.Min(BlockLength, gradient.Length);
        return 2 * NonZeroLoops.Count(gradient[..first]) < first;
    }

    private bool TryCollect(float[] gradient)
    {
        if (!SeemsSparse(gradient))
        {
            return false;
        }

        if (_coordinates.Length == 0)
        {
            _coordinates = new int[gradient.Length + CoordinateValues.Slack];
        }

        _count = NonZeroLoops.Collect(gradient, _coordinates);
        return 2 * _count < gradient.Length;
    }

    // The coordinates of a range that goes as entries; false where all its values are fewer bytes.
    private bool TryEntries(ShardRange range, out ReadOnlySpan<int> entries)
    {
        entries = [];
        if (!_isSparse)
        {
            return false;
        }

        ReadOnlySpan<int> all = _coordinates.AsSpan(0, _count);
        entries = all[FirstFrom(all, range.Start)..FirstFrom(all, range.End)];
        return 2 * entries.Length < range.Length;
    }

    private static int FirstFrom(ReadOnlySpan<int> coordinates, int coordinate)
    {
        int index = coordinates.BinarySearch(coordinate);
        return index < 0 ? ~index : index;
    }

    private static double SquaredOf(float[] gradient, float rate)
    {
        SquareSum sum = default;
        sum.AddScaled(gradient, rate);
        return sum.Total;
    }

    private double SquaredOfEntries(float[] gradient, float rate)
    {
        double sum = 0;
        foreach (int coordinate in _coordinates.AsSpan(0, _count))
        {
            double value = rate * gradient[coordinate];
            sum += value * value;
        }

        return sum;
    }

    private double WriteEntries(float[] gradient, ReadOnlySpan<int> entries, int start, Span<byte> payload)
    {
        Span<uint> indices = LittleEndian.UInts(payload[..(entries.Length * sizeof(uint))]);
        Span<float> values = LittleEndian.Floats(payload[(entries.Length * sizeof(uint))..]);
        for (int i = 0; i < entries.Length; i++)
        {
            indices[i] = (uint)(entries[i] - start);
            values[i] = _rate * gradient[entries[i]];
        }

        return SquareSum.Of(values);
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
