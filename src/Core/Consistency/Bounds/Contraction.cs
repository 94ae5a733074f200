namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>γ of a compressor Q: ‖Q(u) − u‖² ≤ γ‖u‖² for every u.</summary>
public static class Contraction
{
    /// <summary>Top-k, and random-k in expectation: 1 − k / d.</summary>
    public static double OfTopK(long count, long dimension)
    {
        Amount.Between(count, 1, dimension, nameof(count));
        return 1 - ((double)count / dimension);
    }

    /// <summary>Top-k cut per tensor or shard: the worst of them.</summary>
    /// <param name="counts">k of each part.</param>
    /// <param name="dimensions">d of each part.</param>
    public static double OfTopK(ReadOnlySpan<int> counts, ReadOnlySpan<int> dimensions)
    {
        if (counts.Length != dimensions.Length || counts.IsEmpty)
        {
            throw new ArgumentException($"There are {counts.Length} counts and {dimensions.Length} dimensions.", nameof(dimensions));
        }

        double worst = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            worst = Math.Max(worst, OfTopK(counts[i], dimensions[i]));
        }

        return worst;
    }

    /// <summary>Signs times the mean magnitude, at worst: 1 − 1 / d.</summary>
    public static double OfSignWorst(long dimension)
    {
        Amount.Between(dimension, 1, long.MaxValue, nameof(dimension));
        return 1 - (1.0 / dimension);
    }

    /// <summary>Signs times the mean magnitude, for a vector of known norms: 1 − ρ² with ρ = ‖u‖₁ / (√d·‖u‖₂). Exact.</summary>
    /// <param name="norm1">‖u‖₁.</param>
    /// <param name="norm2">‖u‖₂; 0 gives 0, as nothing is lost of nothing.</param>
    public static double OfSign(double norm1, double norm2, long dimension)
    {
        Amount.Between(dimension, 1, long.MaxValue, nameof(dimension));
        double rho = norm2 > 0 ? norm1 / (Math.Sqrt(dimension) * norm2) : 1;
        return Math.Max(0, 1 - (rho * rho));
    }

    /// <summary>An unbiased quantiser of relative variance ω, divided by 1 + ω: ω / (1 + ω), in expectation.</summary>
    public static double OfUnbiased(double variance) => Amount.NotNegative(variance, nameof(variance)) / (1 + variance);
}
