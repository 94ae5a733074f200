namespace OrleansSgd.Grains.Contracts;

/// <summary>Where a job is. Written to traces and files: values are explicit and only ever appended.</summary>
public enum JobPhase
{
    /// <summary>Known, but its data is not read yet.</summary>
    Starting = 0,

    /// <summary>Training.</summary>
    Running = 1,

    /// <summary>Every sample is used and the model is evaluated.</summary>
    Completed = 2,

    /// <summary>It cannot go on; the error says why.</summary>
    Failed = 3,

    /// <summary>Somebody ended it.</summary>
    Cancelled = 4,

    /// <summary>Training waits until somebody lets it go on.</summary>
    Paused = 5,
}

/// <summary>What a job has done so far. Times are in seconds since the job began.</summary>
[GenerateSerializer, Immutable, Alias("OrleansSgd.JobProgress")]
public sealed record JobProgress
{
    /// <summary>Where the job is.</summary>
    [Id(0)] public JobPhase Phase { get; init; }

    /// <summary>Seconds since training began, until now or until it ended; 0 while starting.</summary>
    [Id(1)] public double Seconds { get; init; }

    /// <summary>d; 0 while starting.</summary>
    [Id(2)] public int Parameters { get; init; }

    /// <summary>Silos that are up.</summary>
    [Id(3)] public int Silos { get; init; }

    /// <summary>Workers whose loop runs.</summary>
    [Id(4)] public int WorkersLive { get; init; }

    /// <summary>Tickets given out.</summary>
    [Id(5)] public long Tickets { get; init; }

    /// <summary>Samples committed.</summary>
    [Id(6)] public long Samples { get; init; }

    /// <summary>Samples the run consists of.</summary>
    [Id(7)] public long SamplesTotal { get; init; }

    /// <summary>Samples of one epoch; 0 while starting.</summary>
    [Id(8)] public long SamplesPerEpoch { get; init; }

    /// <summary>Mean loss of the newest reports, about one tenth of an epoch; NaN before the first.</summary>
    [Id(9)] public double Loss { get; init; } = double.NaN;

    /// <summary>Mean of the largest delay of each update; NaN before the first.</summary>
    [Id(10)] public double DelayMean { get; init; } = double.NaN;

    /// <summary>Largest delay of any update.</summary>
    [Id(11)] public long DelayMax { get; init; }

    /// <summary>Updates that all shards have.</summary>
    [Id(12)] public long Updates { get; init; }

    /// <summary>Updates that some shard had applied and that no shard life has now.</summary>
    [Id(13)] public long UpdatesLost { get; init; }

    /// <summary>Updates that only some shards applied because their worker died while pushing.</summary>
    [Id(14)] public long UpdatesPartial { get; init; }

    /// <summary>Samples used again because what became of their first update was not known.</summary>
    [Id(15)] public long SamplesRepeated { get; init; }

    /// <summary>Bytes of all push frames.</summary>
    [Id(16)] public long BytesPushed { get; init; }

    /// <summary>Bytes of all view frames.</summary>
    [Id(17)] public long BytesPulled { get; init; }

    /// <summary>Longest time from the loss of a member to its next life being up; NaN when none was lost.</summary>
    [Id(18)] public double RecoverySecondsMax { get; init; } = double.NaN;

    /// <summary>One sentence, when the job failed.</summary>
    [Id(19)] public string? Error { get; init; }

    /// <summary>What to do about it, when the job failed.</summary>
    [Id(20)] public string? Hint { get; init; }

    /// <summary>Events the caller has not seen, in order.</summary>
    [Id(21)] public JobEvent[] Events { get; init; } = [];

    /// <summary>Mean of D / α² over the updates so far; NaN before the first.</summary>
    [Id(22)] public double GapMean { get; init; } = double.NaN;

    /// <summary>Largest D / α² of any update; NaN before the first.</summary>
    [Id(23)] public double GapMax { get; init; } = double.NaN;

    /// <summary>B as measured, √(mean gap); NaN before the first update.</summary>
    [Id(24)] public double BoundMeasured { get; init; } = double.NaN;

    /// <summary>B that the mean gap is held against: predicted for the mode, or given by the job; NaN when not known.</summary>
    [Id(25)] public double BoundPredicted { get; init; } = double.NaN;

    /// <summary>The model that predicts it, such as <c>parameter server</c>; null when not known.</summary>
    [Id(26)] public string? BoundModel { get; init; }

    /// <summary>Mean gap ≤ B²: <c>holds</c>, <c>not-shown</c>, <c>violated</c> or <c>undecided</c>; null when not tested.</summary>
    [Id(27)] public string? Condition { get; init; }

    /// <summary>The certificate over the tickets between the first and the newest measured loss; null before there are two.</summary>
    [Id(28)] public CertificateProgress? Certificate { get; init; }

    /// <summary>Checks that do not hold, one sentence each, in the order in which they failed; only ever grows.</summary>
    [Id(29)] public string[] Alarms { get; init; } = [];

    /// <summary>What makes the numbers worth less without making them wrong; only ever grows.</summary>
    [Id(30)] public string[] Warnings { get; init; } = [];

    /// <summary>How often the samples of the run were used, and why if not once; null while starting.</summary>
    [Id(31)] public SampleCounts? SampleUses { get; init; }

    /// <summary>What to ask with next time as events seen.</summary>
    [Id(40)] public int EventsEnd { get; init; }

    /// <summary>Checkpoints in the store, over all coordinators of the job; 0 without a store.</summary>
    [Id(41)] public long Checkpoints { get; init; }

    /// <summary>The ticket of the newest one: what is below it survives the loss of everything.</summary>
    [Id(42)] public long CheckpointTicket { get; init; }

    /// <summary>Share of the time during which the run was held for checkpoints.</summary>
    [Id(43)] public double CheckpointStallShare { get; init; }

    /// <summary>Times the job was resumed from a checkpoint.</summary>
    [Id(44)] public int Resumptions { get; init; }

    /// <summary>Tickets that were given anew because of that, as far as it is known.</summary>
    [Id(45)] public long TicketsRedone { get; init; }

    /// <summary>Extents of a sample, which with <see cref="Classes"/> say how the parameters are divided into tensors; empty when not known.</summary>
    [Id(46)] public int[] Shape { get; init; } = [];

    /// <summary>Classes of the labels; 0 for regression, or when not known.</summary>
    [Id(47)] public int Classes { get; init; }

    /// <summary>Updates by their delay, as the ledger measures it: bin i counts delays from i · <see cref="DelayWidth"/> on. At most 64 bins; empty before the first.</summary>
    [Id(60)] public long[] DelayCounts { get; init; } = [];

    /// <summary>Delays of one bin.</summary>
    [Id(61)] public long DelayWidth { get; init; } = 1;

    /// <summary>Whether the job has ended.</summary>
    public bool IsOver => Phase is JobPhase.Completed or JobPhase.Failed or JobPhase.Cancelled;
}

/// <summary>One thing that happened to a job.</summary>
/// <param name="Kind"><c>resumed</c>, <c>checkpoint</c> (one could not be written), <c>evaluated</c>, <c>straggler</c>, or what happened to a silo: <c>joined</c>, <c>left</c>.</param>
/// <param name="Seconds">When.</param>
/// <param name="Tickets">Tickets given out by then.</param>
/// <param name="Epoch">Evaluated: epochs closed by then.</param>
/// <param name="TestLoss">Evaluated: mean loss on the test set.</param>
/// <param name="TestAccuracy">Evaluated: share of the test set classified correctly; NaN for regression.</param>
/// <param name="Silo">Membership: which silo. Straggler: where it is.</param>
/// <param name="WorkersMoved">Membership: workers that need a new silo.</param>
/// <param name="ShardsMoved">Membership: shards that need a new silo.</param>
/// <param name="Worker">Straggler: which worker.</param>
/// <param name="Ratio">Straggler: its time a step over the median of the workers.</param>
/// <param name="Samples">Evaluated: how often the samples of the epoch that closed last were used.</param>
/// <param name="Reason">Checkpoint: what is the matter.</param>
/// <param name="TicketsRedone">Resumed: tickets that are given anew; −1 when nobody knows any more how many were out.</param>
/// <param name="SecondsSince">Resumed: seconds since the checkpoint was taken, the time without a coordinator among them: what is redone took less.</param>
/// <param name="Workers">Workers: how many are to compute from now on.</param>
/// <param name="RateScale">Workers: what the rate of the plan is multiplied by.</param>
/// <param name="BatchScale">Workers: what the batch of the plan is multiplied by.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.JobEvent")]
public sealed record JobEvent(
    [property: Id(0)] string Kind,
    [property: Id(1)] double Seconds,
    [property: Id(2)] long Tickets,
    [property: Id(3)] int Epoch = 0,
    [property: Id(4)] double TestLoss = double.NaN,
    [property: Id(5)] double TestAccuracy = double.NaN,
    [property: Id(6)] string? Silo = null,
    [property: Id(7)] int WorkersMoved = 0,
    [property: Id(8)] int ShardsMoved = 0,
    [property: Id(9)] int Worker = -1,
    [property: Id(10)] double Ratio = double.NaN,
    [property: Id(11)] SampleCounts? Samples = null,
    [property: Id(20)] string? Reason = null,
    [property: Id(21)] long TicketsRedone = 0,
    [property: Id(22)] double SecondsSince = 0,
    [property: Id(23)] int Workers = 0,
    [property: Id(24)] double RateScale = 1,
    [property: Id(25)] double BatchScale = 1);
