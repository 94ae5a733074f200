namespace OrleansSgd.Simulator;

/// <summary>How long things take in a simulated run, in seconds of virtual time.</summary>
/// <remarks>Times are drawn without a look at the samples, so the schedule is oblivious, as the theory asks.</remarks>
public sealed record DelayPlan
{
    /// <summary>Shortest time of a gradient.</summary>
    public double ComputeMin { get; init; } = 0.008;

    /// <summary>Mean of what comes on top of it, exponential.</summary>
    public double ComputeSpread { get; init; } = 0.002;

    /// <summary>Workers 0 … count − 1 are stragglers.</summary>
    public int StragglerCount { get; init; }

    /// <summary>How many times slower they are; 1 or more.</summary>
    public double StragglerFactor { get; init; } = 4;

    /// <summary>Chance of a step of any worker to be slow; 0 to 1.</summary>
    public double HiccupChance { get; init; }

    /// <summary>How many times slower such a step is; 1 or more.</summary>
    public double HiccupFactor { get; init; } = 10;

    /// <summary>Shortest way of a message.</summary>
    public double NetworkMin { get; init; } = 0.0003;

    /// <summary>Mean of what comes on top of it, exponential; each message draws its own.</summary>
    public double NetworkSpread { get; init; } = 0.0003;

    /// <summary>Chance of a message to be lost, question or answer; 0 up to, not including, 1.</summary>
    public double LossChance { get; init; }

    /// <summary>After how long a lost message, or a member that died, is noticed.</summary>
    public double Timeout { get; init; } = 0.05;

    /// <summary>Longest time that a question is held until there is something to say.</summary>
    public double HoldTime { get; init; } = 1;
}
