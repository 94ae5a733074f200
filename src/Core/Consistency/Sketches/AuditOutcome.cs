namespace OrleansSgd.Core.Consistency.Sketches;

/// <summary>Whether a shard's parameters are what its applied updates make of x₀.</summary>
/// <param name="Distance">Estimated ‖X − (X₀ − Σ applied)‖, in parameter units.</param>
/// <param name="Tolerance">What rounding alone may make of it.</param>
/// <param name="UpdateCount">Updates accounted for.</param>
public readonly record struct AuditOutcome(double Distance, double Tolerance, long UpdateCount)
{
    /// <summary>True when the difference is no more than rounding; false also when it is not a number.</summary>
    public bool IsClean => Distance <= Tolerance;

    /// <inheritdoc/>
    public override string ToString() => IsClean
        ? $"Parameters agree with {UpdateCount} updates: off by {Distance:g4}, rounding explains {Tolerance:g4}."
        : $"Parameters are off by {Distance:g4} from {UpdateCount} updates, rounding explains only {Tolerance:g4}: an update was lost, " +
          "applied twice, torn or scaled wrongly. Stop the run and restore the last checkpoint that passed.";
}
