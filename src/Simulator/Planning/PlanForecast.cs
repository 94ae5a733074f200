namespace OrleansSgd.Simulator.Planning;

/// <summary>What a job would do on a cluster. Bytes and seconds are those of the whole job unless the name says otherwise.</summary>
public sealed record PlanForecast
{
    /// <summary>Updates per second while nothing dies.</summary>
    public required double UpdatesPerSecond { get; init; }

    /// <summary>Samples per second while nothing dies.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>Mean over the updates of the largest delay that a shard measures.</summary>
    public required double DelayMean { get; init; }

    /// <summary>Its median.</summary>
    public required long DelayMedian { get; init; }

    /// <summary>What nine in ten do not exceed.</summary>
    public required long Delay90 { get; init; }

    /// <summary>What 99 in 100 do not exceed.</summary>
    public required long Delay99 { get; init; }

    /// <summary>Largest that was met.</summary>
    public required long DelayMax { get; init; }

    /// <summary>Updates that a slice of a view lacks when its gradient's ticket is given, on average: the missing mass in gradients.</summary>
    public required double MissingMean { get; init; }

    /// <summary>B as the ledger will show it: norms of what is missing added up; NaN when ‖G‖ is not known.</summary>
    public required double BoundMetered { get; init; }

    /// <summary>B as it is where noises are independent of each other; NaN when ‖G‖ or σ is not known.</summary>
    public required double BoundExpected { get; init; }

    /// <summary>Bytes of push frames per second while nothing dies.</summary>
    public required double BytesPushedPerSecond { get; init; }

    /// <summary>Bytes of view frames per second while nothing dies.</summary>
    public required double BytesPulledPerSecond { get; init; }

    /// <summary>Bytes of ledger rows to the coordinator per second while nothing dies.</summary>
    public required double BytesLedgerPerSecond { get; init; }

    /// <summary>Bytes of push frames.</summary>
    public required double BytesPushed { get; init; }

    /// <summary>Bytes of view frames.</summary>
    public required double BytesPulled { get; init; }

    /// <summary>Bytes of the copies that keepers get of every push; 0 on one silo.</summary>
    public required double BytesKept { get; init; }

    /// <summary>Bytes of ledger rows.</summary>
    public required double BytesLedger { get; init; }

    /// <summary>Seconds of the whole job if nothing dies.</summary>
    public required double SecondsUndisturbed { get; init; }

    /// <summary>Seconds of the whole job under the churn; ∞ when it gets nowhere.</summary>
    public required double Seconds { get; init; }

    /// <summary>Silos that die.</summary>
    public required long SiloDeaths { get; init; }

    /// <summary>Of those, the ones that take the coordinator along: the run goes back to a checkpoint.</summary>
    public required long CoordinatorLosses { get; init; }

    /// <summary>Seconds in which no update is made.</summary>
    public required double OutageSeconds { get; init; }

    /// <summary>Samples whose gradients are computed again.</summary>
    public required double SamplesRedone { get; init; }

    /// <summary>Pushes of updates to single shards that are made again from what keepers retain.</summary>
    public required double UpdatesReplayed { get; init; }

    /// <summary>Bytes that go to new lives of shards, or come from the store.</summary>
    public required double BytesRecovered { get; init; }

    /// <summary>Checkpoints that are written.</summary>
    public required double Checkpoints { get; init; }

    /// <summary>Bytes of one checkpoint: the parameters, 4 bytes each.</summary>
    public required double BytesPerCheckpoint { get; init; }

    /// <summary>Bytes of all checkpoints, and of the ledger rows between them.</summary>
    public required double BytesStored { get; init; }

    /// <summary>Which law <see cref="TargetSeconds"/> rests on; null when no target was given.</summary>
    public string? TargetLaw { get; init; }

    /// <summary>Seconds until the target is reached under the churn; ∞ when the law says never, NaN without a target.</summary>
    public double TargetSeconds { get; init; } = double.NaN;

    /// <summary>Samples until the target is reached; ∞ when the law says never, NaN without a target.</summary>
    public double TargetSamples { get; init; } = double.NaN;

    /// <summary>Share of the time in which the busiest part of the cluster is busy.</summary>
    public required double BottleneckShare { get; init; }

    /// <summary>Which part that is: <c>compute threads</c>, <c>shards</c>, <c>network</c> or <c>coordinator</c>.</summary>
    public required string Bottleneck { get; init; }

    /// <summary>What the numbers leave out for this plan, one sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Events that were played.</summary>
    public required long Events { get; init; }

    /// <summary>Comparisons that the event queue made: the cost of the forecast.</summary>
    public required long Comparisons { get; init; }
}
