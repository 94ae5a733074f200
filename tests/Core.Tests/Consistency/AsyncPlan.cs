namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Bugs that can be planted into a simulated run.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>The ticket is taken before the view is pulled.</summary>
    EarlyTicket,

    /// <summary>Views claim to contain more than they do.</summary>
    UnderReportedDelay,

    /// <summary>Residuals are kept, but reported as 0.</summary>
    DroppedResidual,

    /// <summary>The ledger is told half of the rate that was used, and norms to match.</summary>
    WrongRate,

    /// <summary>One update is told of as applied, and no shard has it.</summary>
    LostUpdate,

    /// <summary>One update is subtracted twice.</summary>
    DoubleApply,

    /// <summary>Half of one slice of one update is not subtracted.</summary>
    TornSlice,

    /// <summary>What the codec drops for good is told of as nothing.</summary>
    HiddenBias,
}

/// <summary>One simulated asynchronous run.</summary>
internal sealed record AsyncPlan
{
    public required ulong Seed { get; init; }

    public required Quadratic Problem { get; init; }

    public int Workers { get; init; } = 5;

    public int Shards { get; init; } = 3;

    public int Tickets { get; init; } = 300;

    public Func<long, double> Rate { get; init; } = _ => 0.05;

    /// <summary>Coordinates sent of each update; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>False when what is not sent is dropped for good.</summary>
    public bool Feedback { get; init; } = true;

    public int SketchWidth { get; init; }

    public double Start { get; init; } = 1;

    public PlantedBug Bug { get; init; }

    /// <summary>The ticket of the update that a bug of one update hits.</summary>
    public long BugTicket => Tickets / 2;
}
