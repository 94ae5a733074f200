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

    public int SketchWidth { get; init; }

    public double Start { get; init; } = 1;

    public PlantedBug Bug { get; init; }
}
