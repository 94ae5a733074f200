using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Examples;

/// <summary>Sends the coordinates in turns: update n sends every coordinate i with i mod period = n mod period, and keeps the rest.</summary>
/// <remarks>
/// An example of a codec; docs/guides/extending.md goes through it. After a period every coordinate was sent, however small it is. γ ≤ 1 holds for
/// any codec that sends a part as it is; how far below 1 it stays depends on how the gradient is spread, so a plan would state 1 as its bound.
/// </remarks>
public sealed class TurnCodec : IUpdateCodec
{
    private readonly float[] _residual;
    private readonly float[] _before;
    private readonly int _period;
    private long _nextUpdate;
    private bool _hasBegun;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="period">Updates until a coordinate's turn comes again, at least 1; 1 sends everything.</param>
    public TurnCodec(int dimension, int period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, 1);
        Dimension = dimension;
        _period = period;
        _residual = new float[dimension];
        _before = new float[dimension];
    }

    /// <inheritdoc/>
    public string Kind => "turn";

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Residual => _residual;

    /// <inheritdoc/>
    public double ResidualNormSquared => _residual.Sum(value => (double)value * value);

    /// <inheritdoc/>
    public double Gamma { get; private set; } = double.NaN;

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
        ArgumentNullException.ThrowIfNull(gradient);
        if (gradient.Length != Dimension || !float.IsFinite(rate) || rate < 0)
        {
            throw new ArgumentException($"{gradient.Length} coordinates at rate {rate}; the codec takes {Dimension} at a finite rate of 0 or more.");
        }

        _residual.CopyTo(_before, 0);
        double all = 0;
        double kept = 0;
        for (int i = 0; i < Dimension; i++)
        {
            float product = rate * gradient[i];
            _residual[i] += product;
            double square = (double)_residual[i] * _residual[i];
            all += square;
            kept += IsSent(i, _nextUpdate) ? 0 : square;
        }

        if (!double.IsFinite(all))
        {
            _before.CopyTo(_residual, 0);
            return false;
        }

        (UpdateNormSquared, Gamma) = (all, all > 0 ? kept / all : 0);
        _nextUpdate++;
        _hasBegun = true;
        return true;
    }

    /// <inheritdoc/>
    public PayloadKind KindOf(ShardRange range) => PayloadKind.Sparse;

    /// <inheritdoc/>
    public int EntryCount(ShardRange range)
    {
        int count = 0;
        for (int i = range.Start; i < range.End; i++)
        {
            count += IsSent(i, _nextUpdate - 1) ? 1 : 0;
        }

        return count;
    }

    /// <inheritdoc/>
    public int PayloadSize(ShardRange range) => FramePayload.SizeOf(PayloadKind.Sparse, EntryCount(range), range.Length);

    /// <inheritdoc/>
    public double Write(ShardRange range, Span<byte> payload)
    {
        int count = EntryCount(range);
        if (!_hasBegun)
        {
            throw new InvalidOperationException("No update has begun.");
        }

        if (range.End > Dimension || payload.Length != PayloadSize(range))
        {
            throw new ArgumentException($"{payload.Length} bytes for {range} of {Dimension} coordinates; it takes {PayloadSize(range)}.");
        }

        // Indices lie before values, and count from the range's beginning.
        Span<byte> indices = payload[..(count * sizeof(uint))];
        Span<byte> values = payload[(count * sizeof(uint))..];
        int entry = 0;
        for (int i = range.Start; i < range.End; i++)
        {
            if (IsSent(i, _nextUpdate - 1))
            {
                BitConverter.TryWriteBytes(indices[(entry * sizeof(uint))..], (uint)(i - range.Start));
                BitConverter.TryWriteBytes(values[(entry * sizeof(float))..], _residual[i]);
                _residual[i] = 0;
                entry++;
            }
        }

        return FramePayload.NormSquared(PayloadKind.Sparse, payload, count);
    }

    /// <inheritdoc/>
    public void TakeBack()
    {
        if (!_hasBegun)
        {
            throw new InvalidOperationException("No update has begun.");
        }

        _before.CopyTo(_residual, 0);
        _nextUpdate--;
        _hasBegun = false;
    }

    /// <inheritdoc/>
    public void ClearResidual()
    {
        Array.Clear(_residual);
        _hasBegun = false;
    }

    /// <inheritdoc/>
    public void LoadResidual(ReadOnlySpan<float> residual)
    {
        if (residual.Length != Dimension)
        {
            throw new ArgumentException($"The residual has {residual.Length} coordinates, the codec {Dimension}.", nameof(residual));
        }

        residual.CopyTo(_residual);
        _hasBegun = false;
    }

    private bool IsSent(int coordinate, long update) => coordinate % _period == (int)(update % _period);
}
