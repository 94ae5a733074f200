namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>An upper bound of E‖x − x*‖² on a c-strongly convex, L-smooth objective, step by step with measured distances (S3).</summary>
/// <remarks>
/// r ← (1 − αcm / 2p)·r + 3Lα·ΣD / p + α²mσ² / p², for α ≤ 1 / (2L), m gradients of a round of p; m = p = 1 for single
/// steps. Far tighter than the closed form, which assumes the largest distance at every step.
/// </remarks>
public sealed class StronglyConvexRecursion
{
    private readonly double _convexity;
    private readonly double _smoothness;

    /// <param name="convexity">c, above 0; known only for l2-regularised convex objectives.</param>
    /// <param name="smoothness">L, at least c.</param>
    /// <param name="distanceSquared">r₀ = ‖x₀ − x*‖², or an upper bound: 2·(f(x₀) − f*) / c.</param>
    public StronglyConvexRecursion(double convexity, double smoothness, double distanceSquared)
    {
        if (!(convexity > 0 && smoothness >= convexity && double.IsFinite(smoothness)))
        {
            throw new ArgumentOutOfRangeException(nameof(convexity), convexity, $"Needs 0 < c ≤ L; L is {smoothness}.");
        }

        if (!(double.IsFinite(distanceSquared) && distanceSquared >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(distanceSquared), distanceSquared, "Use a finite number, 0 or more.");
        }

        _convexity = convexity;
        _smoothness = smoothness;
        DistanceSquared = distanceSquared;
    }

    /// <summary>r: the bound now; NaN from the first step on that was not allowed.</summary>
    public double DistanceSquared { get; private set; }

    /// <summary>Steps taken.</summary>
    public long StepCount { get; private set; }

    /// <summary>Takes one single step.</summary>
    /// <param name="rate">α; above 1 / (2L) the bound becomes NaN for good.</param>
    /// <param name="viewDistanceSquared">D.</param>
    /// <param name="noise">σ².</param>
    public void Step(double rate, double viewDistanceSquared, double noise) => StepRound(rate, 1, 1, viewDistanceSquared, noise);

    /// <summary>Takes the step of one round.</summary>
    /// <param name="rate">α of the whole step.</param>
    /// <param name="slotCount">p.</param>
    /// <param name="count">m, gradients that came, 1 .. p.</param>
    /// <param name="viewDistanceSquaredSum">Σ of their D.</param>
    /// <param name="noise">σ² of one gradient.</param>
    public void StepRound(double rate, int slotCount, int count, double viewDistanceSquaredSum, double noise)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, slotCount);
        double share = (double)count / slotCount;
        bool allowed = rate >= 0 && rate * _smoothness <= 0.5 * (1 + 1e-12) && viewDistanceSquaredSum >= 0 && noise >= 0;
        double next = ((1 - (rate * _convexity * share / 2)) * DistanceSquared)
            + (3 * _smoothness * rate * viewDistanceSquaredSum / slotCount)
            + (rate * rate * share * noise / slotCount);
        DistanceSquared = allowed && double.IsFinite(next) ? next : double.NaN;
        StepCount++;
    }

    /// <summary>The closed form after <paramref name="steps"/> steps of rate α with E D ≤ α²B² at each (m = p).</summary>
    public static double ClosedForm(
        double convexity, double smoothness, double distanceSquared, double rate, long steps, double bound, double noise, int slotCount = 1) =>
        rate * smoothness > 0.5 * (1 + 1e-12)
            ? double.NaN
            : (Math.Exp(-rate * convexity * steps / 2) * distanceSquared)
                + (6 * smoothness * rate * rate * bound * bound / convexity)
                + (2 * rate * noise / (convexity * slotCount));
}
