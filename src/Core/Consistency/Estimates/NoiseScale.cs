using OrleansSgd.Core.Consistency.Metering;

namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>‖∇f‖² and the variance of one sample, from squared norms of gradients of two batch sizes.</summary>
/// <remarks>
/// E‖G_b‖² = ‖∇f‖² + S / b. Two sizes give two equations. The result owes nothing to delays, L or the ledger, so it can
/// contradict the certificate. A single pair may come out negative; only means are worth reading.
/// </remarks>
public sealed class NoiseScale
{
    private readonly WindowStatistics _gradients;
    private readonly WindowStatistics _variances;
    private readonly double[] _copy;

    /// <param name="windowLength">Pairs kept.</param>
    public NoiseScale(int windowLength)
    {
        _gradients = new WindowStatistics(windowLength);
        _variances = new WindowStatistics(windowLength);
        _copy = new double[windowLength];
    }

    /// <summary>Pairs in the window.</summary>
    public int Count => _gradients.Count;

    /// <summary>Mean estimate of S, the variance of one sample's gradient; NaN before the first pair.</summary>
    public double SampleVariance => _variances.Mean;

    /// <summary>Mean estimate of ‖∇f‖² with its error.</summary>
    /// <param name="lengthMin">Shortest block of the batch means.</param>
    public BatchMeans GradientNormSquared(int lengthMin = 1) => BatchMeans.Of(_copy.AsSpan(0, _gradients.CopyTo(_copy)), lengthMin);

    /// <summary>Adds one pair of squared norms.</summary>
    /// <param name="countSmall">Samples of the smaller batch.</param>
    /// <param name="countLarge">Samples of the larger batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sizes do not differ in that order, or a norm is not finite. Nothing was added.</exception>
    public void Add(int countSmall, double normSquaredSmall, int countLarge, double normSquaredLarge)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countSmall, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(countLarge, countSmall);
        if (!double.IsFinite(normSquaredSmall + normSquaredLarge))
        {
            throw new ArgumentOutOfRangeException(nameof(normSquaredSmall), normSquaredSmall + normSquaredLarge, "Norms are finite.");
        }

        double variance = (normSquaredSmall - normSquaredLarge) / ((1.0 / countSmall) - (1.0 / countLarge));
        double gradient = ((countLarge * normSquaredLarge) - (countSmall * normSquaredSmall)) / (countLarge - countSmall);
        _variances.Add(variance);
        _gradients.Add(gradient);
    }

    /// <summary>Adds the pair that one batch and its two halves make: the mean of ‖g_a‖² and ‖g_b‖² against ‖G‖².</summary>
    /// <param name="count">Samples of the whole batch; even.</param>
    /// <param name="normSquared">‖G‖².</param>
    /// <param name="halfBatchDifferenceSquared">‖g_a − g_b‖². Then (‖g_a‖² + ‖g_b‖²) / 2 = ‖G‖² + a quarter of it.</param>
    public void AddHalves(int count, double normSquared, double halfBatchDifferenceSquared) =>
        Add(count / 2, normSquared + (halfBatchDifferenceSquared / 4), count, normSquared);
}
