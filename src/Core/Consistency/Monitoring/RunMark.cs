using OrleansSgd.Core.Consistency.Estimates;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>What was known when everything below one ticket was finalised, kept until the loss there is.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Noise">What was measured of the noise since the mark before.</param>
/// <param name="SecantMax">Largest secant of any row below; NaN without one.</param>
/// <param name="Projections">Σ of the projections of the slices in x, by shard.</param>
/// <param name="UpdateCount">Updates in x.</param>
/// <param name="SquareSum">Σ of their squared norms.</param>
/// <param name="GradientSquared">Independent estimate of ‖∇f‖² up to here; NaN with too few values.</param>
/// <param name="GradientSquaredError">Its standard error.</param>
internal sealed record RunMark(
    long Ticket,
    NoiseMark Noise,
    double SecantMax,
    double[] Projections,
    long UpdateCount,
    double SquareSum,
    double GradientSquared,
    double GradientSquaredError);
