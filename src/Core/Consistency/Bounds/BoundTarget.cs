namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>How much distance a run can afford.</summary>
/// <remarks>
/// The staleness term L²·avg D is harmless while it is a small part κ of the noise term Lασ² / p, which is paid in any case. With D = α²B² that
/// makes B ≤ σ·√(κ / (pLα)).
/// </remarks>
public static class BoundTarget
{
    /// <summary>A quarter: staleness then loosens the certificate's noise term by 25 % at most.</summary>
    public const double FractionDefault = 0.25;

    /// <summary>B_target.</summary>
    /// <param name="noise">σ².</param>
    /// <param name="smoothness">L.</param>
    /// <param name="rate">α of a step.</param>
    /// <param name="slotCount">p; 1 for single steps.</param>
    /// <param name="fraction">κ.</param>
    public static double Of(double noise, double smoothness, double rate, int slotCount = 1, double fraction = FractionDefault)
    {
        Amount.Between(slotCount, 1, int.MaxValue, nameof(slotCount));
        double load = slotCount * Amount.Above(smoothness, nameof(smoothness)) * Amount.Above(rate, nameof(rate));
        return Math.Sqrt(Amount.NotNegative(noise, nameof(noise)) * Amount.NotNegative(fraction, nameof(fraction)) / load);
    }

    /// <summary>The delay that single steps can afford where noise dominates (D ≈ α²τσ²): τ ≤ κ / (Lα). A rule of thumb.</summary>
    public static double DelayAffordable(double smoothness, double rate, double fraction = FractionDefault) =>
        Amount.NotNegative(fraction, nameof(fraction)) / (Amount.Above(smoothness, nameof(smoothness)) * Amount.Above(rate, nameof(rate)));
}
