namespace OrleansSgd.Core.Scaling;

/// <summary>All that a decision about the number of silos rests on.</summary>
public sealed record ScalingReading
{
    /// <summary>Time since the grid began.</summary>
    public required TimeSpan Now { get; init; }

    /// <summary>Silos that are up.</summary>
    public required int Silos { get; init; }

    /// <summary>The queue: samples that the running jobs have not used yet.</summary>
    public required long SamplesLeft { get; init; }

    /// <summary>Samples per second of all jobs at the present number of silos; NaN while that is not measured.</summary>
    public double SamplesPerSecond { get; init; } = double.NaN;

    /// <summary>The newest change of the number of silos; null before the first.</summary>
    public ScalingChange? LastChange { get; init; }

    /// <summary>More silos than this were tried and did not pay; null when that is not known of any number.</summary>
    public int? SilosWorthwhile { get; init; }

    /// <summary>Budget spent so far, in silo-hours.</summary>
    public double SiloHoursUsed { get; init; }
}

/// <summary>One change of the number of silos, and what it did to the throughput.</summary>
/// <param name="At">When, since the grid began.</param>
/// <param name="From">Silos before; 1 or more.</param>
/// <param name="To">Silos after.</param>
/// <param name="RateBefore">Samples per second before; NaN when that was not measured.</param>
/// <param name="RateAfter">Samples per second after; NaN while that is not measured.</param>
public readonly record struct ScalingChange(TimeSpan At, int From, int To, double RateBefore, double RateAfter = double.NaN)
{
    /// <summary>
    /// Marginal throughput, (after − before) / (to − from), as a share of what a silo brought before: 1 when it brought as much, 0 when
    /// nothing. NaN when a rate is not known or was 0.
    /// </summary>
    public double Gain => RateBefore > 0 ? (RateAfter - RateBefore) / (To - From) / (RateBefore / From) : double.NaN;

    /// <summary>Whether it added silos that brought less than a share.</summary>
    /// <param name="gainMin"><see cref="ScalingPlan.GainMin"/>.</param>
    public bool IsPoor(double gainMin) => To > From && Gain < gainMin;
}

/// <summary>How many silos are wanted, and why.</summary>
/// <param name="Wanted">1 or more.</param>
/// <param name="Reason">One sentence.</param>
public readonly record struct ScalingDecision(int Wanted, string Reason);
