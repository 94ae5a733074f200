using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>What all codecs share that may send less than the whole update: the residual, and when it changes.</summary>
/// <remarks>
/// The choice is made from a new sum, and the sum becomes the residual only when it is whole and finite. Without error
/// feedback there is no residual: what is not sent is dropped.
/// </remarks>
public abstract class ResidualCodec : IUpdateCodec
{
    // The residual, and the next one in the making: swapped only when the new one is whole and finite.
    private float[] _residual;
    private float[] _sum;
    private UpdateNorms _norms = UpdateNorms.None;
    private long _nextUpdate;
    private bool _begun;

    private protected ResidualCodec(int dimension, bool errorFeedback)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        Dimension = dimension;
        ErrorFeedback = errorFeedback;
        _sum = new float[dimension];
        _residual = new float[errorFeedback ? dimension : 0];
    }

    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <summary>Whether what is not sent is kept for the next update.</summary>
    public bool ErrorFeedback { get; }

    /// <inheritdoc/>
    public double Gamma => _norms.Gamma;

    /// <inheritdoc/>
    public double UpdateNormSquared => _norms.Update;

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
    public ReadOnlySpan<float> Residual => _residual;

    /// <inheritdoc/>
    public double ResidualNormSquared => SquareSum.Of(_residual);

    /// <inheritdoc/>
    public bool TryBegin(float[] gradient, float rate)
    {
        CodecArguments.CheckUpdate(gradient, rate, Dimension);
        return TryMake(gradient, rate, _sum);
    }

    /// <inheritdoc/>
    public bool TryBegin(ref float[] gradient, float rate, double norm = double.NaN)
    {
        if (!ErrorFeedback)
        {
            return TryBegin(gradient, rate);
        }

        CodecArguments.CheckUpdate(gradient, rate, Dimension);

        // The residual before the last one is what the caller gets: the last one is there to be taken back.
        float[] spare = _sum;
        _sum = gradient;
        gradient = spare;
        return TryMake(_sum, rate, _sum);
    }

    /// <inheritdoc/>
    public PayloadKind KindOf(ShardRange range)
    {
        CheckBegun(range);
        return KindIn(range);
    }

    /// <inheritdoc/>
    public int EntryCount(ShardRange range)
    {
        CheckBegun(range);
        return CountIn(range);
    }

    /// <inheritdoc/>
    public int PayloadSize(ShardRange range)
    {
        CheckBegun(range);
        return SizeIn(range);
    }

    /// <inheritdoc/>
    public double Write(ShardRange range, Span<byte> payload)
    {
        CheckBegun(range);
        CodecArguments.CheckRoom(range, payload, SizeIn(range));

        // u: what is to be sent, and with error feedback the residual itself.
        float[] pending = ErrorFeedback ? _residual : _sum;
        return WriteIn(range, pending.AsSpan(range.Start, range.Length), payload);
    }

    /// <inheritdoc/>
    public virtual double GrowthMax => 1;

    /// <inheritdoc/>
    public void TakeBack()
    {
        if (!_begun)
        {
            throw CodecArguments.NothingBegun();
        }

        // The sum that became the residual was made beside the old one, which is still there.
        if (ErrorFeedback)
        {
            (_residual, _sum) = (_sum, _residual);
        }

        _nextUpdate--;
        _begun = false;
    }

    /// <inheritdoc/>
    public void ClearResidual()
    {
        Array.Clear(_residual);
        _begun = false;
    }

    /// <inheritdoc/>
    public void LoadResidual(ReadOnlySpan<float> residual)
    {
        if (ErrorFeedback)
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

    /// <summary>Writes sum ← residual + rate · gradient and chooses what is sent of it, over the whole vector.</summary>
    /// <param name="residual">[d], or empty for none.</param>
    /// <param name="sum">[d]; overwritten whatever the answer is. May be the gradient itself: no coordinate of that is read after its sum is written.</param>
    /// <returns>False when something is not finite.</returns>
    private protected abstract bool TryChoose(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, out UpdateNorms norms);

    private protected abstract PayloadKind KindIn(ShardRange range);

    private protected abstract int CountIn(ShardRange range);

    private protected abstract int SizeIn(ShardRange range);

    /// <summary>Writes the payload of the range and takes what it sends out of <paramref name="pending"/>, u in that range.</summary>
    /// <returns>Squared norm of what is sent.</returns>
    private protected abstract double WriteIn(ShardRange range, Span<float> pending, Span<byte> payload);

    private bool TryMake(float[] gradient, float rate, float[] sum)
    {
        _begun = TryChoose(gradient, rate, _residual, sum, out UpdateNorms norms);
        if (!_begun)
        {
            return false;
        }

        if (ErrorFeedback)
        {
            (_residual, _sum) = (_sum, _residual);
        }

        _norms = norms;
        _nextUpdate++;
        return true;
    }

    private void CheckBegun(ShardRange range)
    {
        if (!_begun)
        {
            throw CodecArguments.NothingBegun();
        }

        CodecArguments.CheckRange(range, Dimension);
    }
}
