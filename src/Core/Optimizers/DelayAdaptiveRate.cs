namespace OrleansSgd.Core.Optimizers;

/// <summary>Smaller steps for late gradients, so that a few very late ones cannot spoil the run.</summary>
/// <remarks>
/// Koloskova, Stich and Jaggi (2022): with rate α up to delay τ = workers, and at most 1 / (4Lτ) beyond, asynchronous SGD is never slower
/// than mini-batch SGD, however late the latest gradient is. On data that differs between workers it favours the fast ones.
/// </remarks>
public static class DelayAdaptiveRate
{
    /// <summary>What the rate of one gradient is multiplied by.</summary>
    /// <param name="delay">τ: gradients before it in the order that its view lacks.</param>
    /// <param name="workers">At least 1.</param>
    /// <param name="smoothness">L; finite, above 0.</param>
    /// <param name="rate">α; finite, 0 or more.</param>
    /// <returns>1 while the delay is at most the workers, then min(1, 1 / (4·L·α·delay)).</returns>
    public static double FactorOf(long delay, int workers, double smoothness, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        if (!(smoothness > 0 && double.IsFinite(smoothness)))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothness), smoothness, "L is a finite number above 0.");
        }

        if (!(rate >= 0 && double.IsFinite(rate)))
        {
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "A rate is a finite number, 0 or more.");
        }

        return delay <= workers || rate == 0 ? 1 : Math.Min(1, 1 / (4 * smoothness * rate * delay));
    }
}
