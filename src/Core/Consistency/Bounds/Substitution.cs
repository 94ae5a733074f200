namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>What stands in for a gradient that is missing from a round.</summary>
public enum Substitute
{
    /// <summary>Nothing: the round goes on without it.</summary>
    None,

    /// <summary>The worker's own gradient.</summary>
    Own,

    /// <summary>The mean of the gradients that came.</summary>
    Mean,
}

/// <summary>Whether standing in for missing gradients brings the view closer to x, and what distance to expect.</summary>
/// <remarks>
/// With m of p gradients missing, in units of α²: skipping leaves (m²‖∇f‖² + mσ²) / p², the own gradient (m + m²)·σ² / p², the
/// mean of the p − m received ones (m + m² / (p − m))·σ² / p². A stand-in removes the common part ∇f and adds noise, so it
/// helps only while ∇f stands out of the noise: ‖∇f‖² &gt; σ² for the own, ‖∇f‖² &gt; σ² / (p − m) for the mean, which is
/// never worse than the own.
/// </remarks>
public static class Substitution
{
    /// <summary>The choice with the least expected distance; nothing at a tie, as it costs nothing.</summary>
    /// <param name="gradientSquared">‖∇f‖².</param>
    /// <param name="noise">σ² of one gradient.</param>
    /// <param name="slotCount">p.</param>
    /// <param name="missing">m, below p.</param>
    /// <param name="meanIsKnown">False when only the own gradient is at hand.</param>
    public static Substitute Choose(double gradientSquared, double noise, int slotCount, int missing, bool meanIsKnown = true)
    {
        if (missing == 0)
        {
            return Substitute.None;
        }

        Substitute candidate = meanIsKnown ? Substitute.Mean : Substitute.Own;
        double skipped = GapExpected(Substitute.None, gradientSquared, noise, slotCount, missing);
        return GapExpected(candidate, gradientSquared, noise, slotCount, missing) < skipped ? candidate : Substitute.None;
    }

    /// <summary>E D / α² of the round.</summary>
    /// <inheritdoc cref="Choose" path="/param"/>
    public static double GapExpected(Substitute substitute, double gradientSquared, double noise, int slotCount, int missing)
    {
        Amount.NotNegative(gradientSquared, nameof(gradientSquared));
        Amount.NotNegative(noise, nameof(noise));
        Amount.Between(missing, 0, slotCount - 1, nameof(missing));
        double m = missing;
        double sum = substitute switch
        {
            Substitute.None => (m * m * gradientSquared) + (m * noise),
            Substitute.Own => (m + (m * m)) * noise,
            Substitute.Mean => (m + (m * m / (slotCount - m))) * noise,
            _ => throw new ArgumentOutOfRangeException(nameof(substitute), substitute, "Use None, Own or Mean."),
        };
        return sum / ((double)slotCount * slotCount);
    }
}
