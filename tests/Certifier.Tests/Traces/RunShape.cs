namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>What a random run is to be like, and which fault is planted in it.</summary>
internal sealed record RunShape
{
    public int Tickets { get; init; } = 80;

    public bool HasLosses { get; init; } = true;

    public bool HasHeldMass { get; init; } = true;

    /// <summary>Shards die only when the rows of everything that they lose have been told.</summary>
    public bool LosesOnlyWhatWasTold { get; init; }

    public bool IsBiased { get; init; }

    public RunFault Fault { get; init; }

    /// <summary>The ticket that the fault hits.</summary>
    public long FaultTicket { get; init; } = -1;

    /// <summary>No losses, no held mass: what a fault hits, nothing else hides.</summary>
    public static RunShape Plain(RunFault fault = RunFault.None, long ticket = -1) =>
        new() { HasLosses = false, HasHeldMass = false, Fault = fault, FaultTicket = ticket };
}

/// <summary>A fault of shard 0 (or of the worker) that the run itself does not notice.</summary>
internal enum RunFault
{
    None,

    /// <summary>Shard 0 answers "applied", and has nothing.</summary>
    LostUpdate,

    /// <summary>Shard 0 applies the same slice twice.</summary>
    DoubleApply,

    /// <summary>Shard 0 applies twice of what the row says.</summary>
    WrongRate,

    /// <summary>The worker tells that its view had a ticket of shard 0 that was still under way.</summary>
    UnderReportedDelay,

    /// <summary>The ticket was taken before the view was pulled.</summary>
    EarlyTicket,
}
