namespace OrleansSgd.Simulator;

/// <summary>What was true of a run, from x itself.</summary>
/// <param name="GradientSquaredMean">Average of ‖∇f(x_t)‖², weighed by rate, as the certificate weighs it; NaN when it was not measured.</param>
/// <param name="GapMean">Mean of D / α², D exact.</param>
/// <param name="GapMax">Largest of them.</param>
/// <param name="Tickets">Given out.</param>
/// <param name="Steps">Of them, those that were steps.</param>
/// <param name="Weight">A: sum of the rates.</param>
/// <param name="DriftSquared">Σ r²‖∇f(x_t)‖²: what the noise of single gradients works on.</param>
/// <param name="ParameterError">Largest difference between a coordinate of x and of what the shards have in the end: rounding, or a broken ledger.</param>
public readonly record struct TruthFigures(
    double GradientSquaredMean, double GapMean, double GapMax, long Tickets, long Steps, double Weight, double DriftSquared,
    double ParameterError)
{
    /// <summary>Of a run that ended before it was measured.</summary>
    public static TruthFigures None { get; } = new(double.NaN, double.NaN, double.NaN, 0, 0, 0, 0, double.NaN);

    /// <summary>Standard error, at most, by which the inequality of the certificate can fail in one run: 2·√(σ²·Σ r²‖∇f‖²) / A.</summary>
    /// <param name="noise">σ² of a gradient, at most.</param>
    public double SamplingError(double noise) => 2 * Math.Sqrt(noise * DriftSquared) / Weight;
}
