using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Schedules;

namespace OrleansSgd.Core.Runs;

/// <summary>How a run is trained: everything of a job file but its data and its model.</summary>
public sealed partial record RunPlan
{
    /// <summary>Bulk-synchronous: the workers step together, and equal seeds give equal bits.</summary>
    public const string Bsp = "bsp";

    /// <summary>Asynchronous: nobody waits for anybody.</summary>
    public const string Async = "async";

    /// <summary>Stale-synchronous: a worker is at most <see cref="StepsAheadMax"/> steps ahead of the slowest.</summary>
    public const string Ssp = "ssp";

    /// <summary>The norms of all updates a gradient can have missed are capped: β = <see cref="NormShare"/>.</summary>
    public const string NormBounded = "norm-bounded";

    /// <summary>Rounds that go on at a quorum; what is missing is stood in for until it arrives.</summary>
    public const string VarianceBounded = "variance-bounded";

    /// <summary>Asynchronous, and held at the distance the noise makes harmless.</summary>
    public const string Adaptive = "adaptive";

    /// <summary>Every mode.</summary>
    public static IReadOnlyList<string> Modes { get; } = [Async, Bsp, Ssp, NormBounded, VarianceBounded, Adaptive];

    /// <summary>Who gets the next batch: whoever asks.</summary>
    public const string Pure = "pure";

    /// <summary>Who gets the next batch: any worker with equal chance, busy or not.</summary>
    public const string RandomAssignment = "random";

    /// <summary>Who gets the next batch: everybody in turn, the turns shuffled anew each time.</summary>
    public const string Shuffled = "shuffled";

    /// <summary>Every job assignment.</summary>
    public static IReadOnlyList<string> Assignments { get; } = [Pure, RandomAssignment, Shuffled];

    /// <summary>What stands in for a missing gradient: nothing, the own, the mean of those that came, or what is closest.</summary>
    public static IReadOnlyList<string> Substitutes { get; } = ["auto", "none", "own", "mean"];

    /// <summary>What changes with the number of workers: nothing, the batch of each, or the rate of each.</summary>
    public static IReadOnlyList<string> Scalings { get; } = [ScaleNothing, ScaleBatch, ScaleRate];

    /// <summary>Batch and rate of an update are what the plan says, however many workers there are.</summary>
    public const string ScaleNothing = "none";

    /// <summary>Fixed batch: all workers together use as many samples a step as the plan's workers would.</summary>
    public const string ScaleBatch = "batch";

    /// <summary>α = α* / p with α* = rate × workers: all workers together move x as far a step as the plan's workers would.</summary>
    public const string ScaleRate = "rate";

    /// <summary>Most workers or shards of one job; beyond it, roster and shard map no longer fit one grain call.</summary>
    public const int MembersMax = 10_000;

    /// <summary>Workers; each computes gradients on one compute thread. 1 to 10 000.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Shards the parameter vector is cut into. 1 to 10 000, and no more than there are parameters.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Samples of a mini-batch; 1 or more.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Passes over the training data; 1 or more.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Everything random in the run follows from it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>One of <see cref="Modes"/>.</summary>
    public string Mode { get; init; } = Async;

    /// <summary>s of ssp: steps a worker may be ahead of the slowest; 0 to 10 000.</summary>
    public int StepsAheadMax { get; init; } = 3;

    /// <summary>β of norm-bounded: 1 lets a gradient miss nothing, 0 as much as all workers can have under way; 0 to 1.</summary>
    public double NormShare { get; init; } = 0.5;

    /// <summary>Share of a round that must have arrived before a variance-bounded worker goes on; 0 to 1.</summary>
    public double Quorum { get; init; } = 0.5;

    /// <summary>One of <see cref="Substitutes"/>; variance-bounded.</summary>
    public string Substitute { get; init; } = "auto";

    /// <summary>κ of adaptive: staleness may be this part of the noise in the certificate; above 0, at most 100.</summary>
    public double StalenessShare { get; init; } = 0.25;

    /// <summary>One of <see cref="Assignments"/>; asynchronous modes.</summary>
    public string Assignment { get; init; } = Pure;

    /// <summary>H: gradients a worker takes by itself between two pushes; 1 to 10 000.</summary>
    public int LocalSteps { get; init; } = 1;

    /// <summary>bsp: seconds after which a straggler pushes the layers it has got to; 0 for never.</summary>
    public double DeadlineSeconds { get; init; }

    /// <summary>Share of a slice's coordinates that an answer of a shard carries, the most changed ones; 1 for all that changed.</summary>
    public double AnswerFraction { get; init; } = 1;

    /// <summary>Batches a worker leases at a time in asynchronous modes; 1 to 10 000.</summary>
    /// <remarks>Raise it when leases show up in the time of a step; lower it when a lost worker costs too many samples.</remarks>
    public int LeaseBatches { get; init; } = 16;

    /// <summary>
    /// Workers that one silo takes on; 0 for no limit: then all <see cref="Workers"/> compute on whatever silos there are. With a limit, fewer compute
    /// while there are fewer silos, one at least. 0 to 10 000; asynchronous modes.
    /// </summary>
    public int WorkersPerSilo { get; init; }

    /// <summary>One of <see cref="Scalings"/>: what is done when fewer workers than <see cref="Workers"/> compute.</summary>
    public string Scaling { get; init; } = ScaleNothing;

    /// <summary>Most samples of one gradient.</summary>
    public int BatchMax => Scaling == ScaleBatch ? (int)Math.Min(1_000_000, (long)Batch * Workers) : Batch;

    /// <summary>How updates are encoded.</summary>
    public CodecPlan Codec { get; init; } = new();

    /// <summary>The learning rate over the run.</summary>
    public SchedulePlan Rate { get; init; } = new();

    /// <summary>How a gradient becomes an update.</summary>
    public RulePlan Rule { get; init; } = new();

    /// <summary>How closely consistency is measured.</summary>
    public ConsistencyPlan Consistency { get; init; } = new();

    /// <summary>True in modes that work in rounds.</summary>
    public bool IsSynchronous => IsRounds(Mode);

    /// <summary>
    /// What each gradient is scaled by: α alone when one gradient is one step, α / p when p gradients make one
    /// (theory: single-step and parallel-step).
    /// </summary>
    public double RateOf(double epoch, int slotCount) => Rate.RateAt(epoch, Epochs) / slotCount;
}
