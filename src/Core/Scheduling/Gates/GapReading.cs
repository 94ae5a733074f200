namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>What was measured while the levers stood as they stand.</summary>
/// <param name="GapMean">Mean of D / α², weighted as the certificate weighs D.</param>
/// <param name="Noise">σ² of a batch gradient; NaN when it is not known yet.</param>
/// <param name="Smoothness">L; NaN when it is not known yet.</param>
/// <param name="Rate">α of a step, the rate lever included.</param>
/// <param name="HeldGapMean">The part of the gap that is held back by codecs and momentum; NaN when it is not known.</param>
public readonly record struct GapReading(double GapMean, double Noise, double Smoothness, double Rate, double HeldGapMean = double.NaN)
{
    /// <summary>True when gap and target are numbers one can compare.</summary>
    public bool IsKnown => GapMean >= 0 && Noise >= 0 && Smoothness > 0 && Rate > 0 &&
        double.IsFinite(Noise) && double.IsFinite(Smoothness) && double.IsFinite(Rate);
}
