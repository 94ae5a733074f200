namespace OrleansSgd.Core.Consistency.Certificates;

/// <summary>The bounds of the elastic consistency paper's four convergence theorems, to be shown beside the certificate.</summary>
/// <remarks>
/// They need one B for the whole run and fixed learning rates; the certificate uses measured distances and is tighter term
/// by term. Each form answers NaN outside the number of steps for which it is known to be true. The constants of T2 and
/// T4 are true as given here (they follow from S2, and from the one-step inequality of docs/theory.md); whether the paper prints the same ones was not checked.
/// </remarks>
public static class PaperForms
{
    /// <summary>T1: non-convex, single steps of rate 1/√T, T ≥ 36L². Bounds min over t of E‖∇f(x_t)‖².</summary>
    /// <param name="steps">T.</param>
    /// <param name="lossGap">f(x₀) − f*, or a lower bound of f* in place of f*.</param>
    /// <param name="smoothness">L.</param>
    /// <param name="bound">B.</param>
    /// <param name="noise">σ².</param>
    public static double NonConvexSingle(long steps, double lossGap, double smoothness, double bound, double noise)
    {
        double root = Math.Sqrt(steps);
        double staleness = smoothness * smoothness * bound * bound;
        return steps < 36 * smoothness * smoothness
            ? double.NaN
            : (4 * lossGap / root) + (2 * staleness / steps) + (6 * smoothness * noise / root) + (6 * smoothness * staleness / (steps * root));
    }

    /// <summary>T2: non-convex, rounds of p at rate √(p/T), T ≥ 64L²p. Bounds min over t of E‖∇f(x_t)‖².</summary>
    /// <param name="slotCount">p.</param>
    /// <inheritdoc cref="NonConvexSingle" path="/param"/>
    public static double NonConvexParallel(long steps, int slotCount, double lossGap, double smoothness, double bound, double noise)
    {
        double p = slotCount;
        double root = Math.Sqrt(steps * p);
        double staleness = smoothness * smoothness * bound * bound * p / steps;
        return steps < 64 * smoothness * smoothness * p
            ? double.NaN
            : (8 * lossGap / root) + (4 * staleness) + (8 * smoothness * noise / root) + (16 * smoothness * staleness * Math.Sqrt(p / steps));
    }

    /// <summary>T3: c-strongly convex, single steps of rate 2·log T / (cT), T / log T ≥ 6L²/c². Bounds E‖x_T − x*‖².</summary>
    /// <param name="steps">T, at least 2.</param>
    /// <param name="distanceSquared">‖x₀ − x*‖².</param>
    /// <param name="convexity">c.</param>
    /// <param name="smoothness">L.</param>
    /// <param name="bound">B.</param>
    /// <param name="noise">σ².</param>
    public static double StronglyConvexSingle(
        long steps, double distanceSquared, double convexity, double smoothness, double bound, double noise)
    {
        double ratio = smoothness * smoothness / (convexity * convexity);
        return steps < 2 || steps / Math.Log(steps) < 6 * ratio
            ? double.NaN
            : StronglyConvex(steps, 1, distanceSquared, convexity, smoothness, bound, noise);
    }

    /// <summary>T4: c-strongly convex, rounds of p at rate 2·log(Tp) / (cT), T / log(Tp) ≥ 16L²/c². Bounds E‖x_T − x*‖².</summary>
    /// <param name="slotCount">p.</param>
    /// <inheritdoc cref="StronglyConvexSingle" path="/param"/>
    public static double StronglyConvexParallel(
        long steps, int slotCount, double distanceSquared, double convexity, double smoothness, double bound, double noise)
    {
        double ratio = smoothness * smoothness / (convexity * convexity);
        return steps < 2 || steps / Math.Log((double)steps * slotCount) < 16 * ratio
            ? double.NaN
            : StronglyConvex(steps, slotCount, distanceSquared, convexity, smoothness, bound, noise);
    }

    private static double StronglyConvex(
        double steps, double slots, double distanceSquared, double convexity, double smoothness, double bound, double noise)
    {
        double log = Math.Log(steps * slots);
        double staleness = smoothness * smoothness * bound * bound / Math.Pow(convexity, 4);
        return (distanceSquared / (steps * slots))
            + (16 * log * log * staleness / (steps * steps))
            + (12 * noise * log / (convexity * convexity * steps * slots))
            + (48 * log * log * log * staleness / (steps * steps * steps));
    }
}
