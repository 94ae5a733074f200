namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>How far x moved because a shard lost updates for good.</summary>
/// <param name="LostCount">Finalised slices that x contained and no longer does.</param>
/// <param name="UnknownCount">Tickets of which the meter no longer knows the size: the jump has no bound.</param>
/// <param name="DistanceBound">Σ of the norms of the lost slices: an upper bound of ‖x⁺ − x⁻‖.</param>
/// <param name="DistanceEstimate">Sketch estimate of ‖x⁺ − x⁻‖; NaN without sketches.</param>
/// <param name="Projection">Σ of the projections of the lost slices; NaN when one was not measured.</param>
public readonly record struct RebaseOutcome(int LostCount, int UnknownCount, double DistanceBound, double DistanceEstimate, double Projection)
{
    /// <summary>The largest rise of the loss that the move can mean: ‖∇f(x⁻)‖·‖δ‖ + (L / 2)·‖δ‖².</summary>
    /// <param name="gradientNorm">‖∇f(x⁻)‖, or an upper bound of it.</param>
    /// <param name="smoothness">L.</param>
    public double JumpBound(double gradientNorm, double smoothness) =>
        UnknownCount > 0 ? double.PositiveInfinity : (gradientNorm * DistanceBound) + (smoothness / 2 * DistanceBound * DistanceBound);
}
