namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>What is known about one ticket once everything before it is settled.</summary>
/// <remarks>D = ‖x − v‖²: x the parameters just before the ticket's step, v the view its gradient was computed at.</remarks>
public readonly record struct FinalisedTicket
{
    /// <summary>Its place in the global order.</summary>
    public long Ticket { get; init; }

    /// <summary>Index of the worker; −1 for a ticket of which nothing but its end is known.</summary>
    public int Worker { get; init; }

    /// <summary>The life of that worker.</summary>
    public int Incarnation { get; init; }

    /// <summary>True when no shard has it: it is no step of the run, and only <see cref="Ticket"/> and <see cref="RebasedDistance"/> count.</summary>
    public bool IsVoid { get; init; }

    /// <summary>What the gradient was multiplied by: α, or α / p.</summary>
    public double Rate { get; init; }

    /// <summary>H: gradients in the update, each at <see cref="Rate"/>.</summary>
    public int StepCount { get; init; }

    /// <summary>p: updates that make one step.</summary>
    public int SlotCount { get; init; }

    /// <summary>True when only some layers were computed: x moved, but it counts as no step.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Squared norm of the decoded update, void slices included, in squared parameter units.</summary>
    public double NormSquared { get; init; }

    /// <summary>Squared norm of what a compressed answer left out of the view, in squared parameter units.</summary>
    public double ViewErrorSquared { get; init; }

    /// <summary>What the worker holds back after the update, squared, in squared parameter units.</summary>
    public double HeldSquared { get; init; }

    /// <summary>α of the step.</summary>
    public double StepRate { get; init; }

    /// <summary>Samples in the batch.</summary>
    public int SampleCount { get; init; }

    /// <summary>Sum of the batch's losses at the view; NaN when not measured.</summary>
    public double LossSum { get; init; }

    /// <summary>τ: tickets before the step that some slice of the view lacked, each counted once.</summary>
    public int Delay { get; init; }

    /// <summary>Slices in the view that x no longer contains, because a shard lost them.</summary>
    public int ExtraCount { get; init; }

    /// <summary>Σ of the norms of all missing and extra slices, in parameter units.</summary>
    public double MissingMass { get; init; }

    /// <summary>Pathwise upper bound of the part of D that is missing and extra updates, stand-ins and left-out changes.</summary>
    public double StaleBoundSquared { get; init; }

    /// <summary>Sketch estimate of the same part; NaN without sketches.</summary>
    public double StaleEstimateSquared { get; init; }

    /// <summary>Upper bound of the norm of all residuals together, scaled as they enter x.</summary>
    public double ResidualDistance { get; init; }

    /// <summary>How far the worker went by itself in local steps, plus the mean of its round, in parameter units.</summary>
    public double LocalDistance { get; init; }

    /// <summary>Pathwise upper bound of D: (√stale + residuals + local)².</summary>
    public double DistanceBoundSquared { get; init; }

    /// <summary>Estimate of D; NaN without sketches. Unsketched residuals enter with their norms.</summary>
    public double DistanceEstimateSquared { get; init; }

    /// <summary>How far x itself moved at most, just before this ticket, because something was lost for good; 0 nearly always.</summary>
    public double RebasedDistance { get; init; }

    /// <summary>Σ over workers of the norms they held back just before that; 0 where x was not moved.</summary>
    public double HeldBeforeRebase { get; init; }

    /// <summary>‖G‖²; NaN when not measured.</summary>
    public double GradientNormSquared { get; init; }

    /// <summary>‖g_a − g_b‖² of the half-batches; NaN when not measured.</summary>
    public double HalfBatchDifferenceSquared { get; init; }

    /// <summary>Squared norm of what was dropped for good, in squared parameter units.</summary>
    public double DroppedNormSquared { get; init; }

    /// <summary>‖∇f_B(x) − ∇f_B(v)‖ of one batch at two points; NaN when not measured.</summary>
    public double SecantGradient { get; init; }

    /// <summary>‖x − v‖ of those points; NaN when not measured.</summary>
    public double SecantDistance { get; init; }

    /// <summary>How long the gradient took; NaN when not measured.</summary>
    public double GradientSeconds { get; init; }

    /// <summary>Measured contraction of the message; NaN when not measured.</summary>
    public double Gamma { get; init; }

    /// <summary>Upper bound of the gap D / α²; NaN at rate 0, where a gap means nothing.</summary>
    public double GapBound => StepRate > 0 ? DistanceBoundSquared / (StepRate * StepRate) : double.NaN;

    /// <summary>Estimated gap D / α²; NaN without sketches or at rate 0.</summary>
    public double GapEstimate => StepRate > 0 ? DistanceEstimateSquared / (StepRate * StepRate) : double.NaN;
}
