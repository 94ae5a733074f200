using System.Globalization;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator.Faults;

/// <summary>Everything one simulated run is made of; drawn from a seed.</summary>
internal sealed partial record FaultPlan
{
    /// <summary>The run itself.</summary>
    public required RunPlan Run { get; init; }

    /// <summary>Samples of an epoch.</summary>
    public required int Samples { get; init; }

    /// <summary>Whether updates name a third of the coordinates or all.</summary>
    public required bool IsSparse { get; init; }

    /// <summary>Share of messages lost, delivered twice, and delayed by tens of milliseconds.</summary>
    public double Loss { get; init; }

    public double Duplication { get; init; }

    public double Slow { get; init; }

    /// <summary>Mean delay of the other messages, in microseconds.</summary>
    public double DelayMean { get; init; } = 800;

    /// <summary>Moments at which a silo dies, in microseconds.</summary>
    public IReadOnlyList<long> SiloCrashes { get; init; } = [];

    /// <summary>Moments at which a silo is thought dead although it lives on for a while.</summary>
    public IReadOnlyList<long> SiloSuspicions { get; init; } = [];

    /// <summary>Moments at which one shard alone loses its memory.</summary>
    public IReadOnlyList<long> ShardCrashes { get; init; } = [];

    /// <summary>Moments at which one worker alone dies.</summary>
    public IReadOnlyList<long> WorkerCrashes { get; init; } = [];

    /// <summary>Silos that are cut off for a while.</summary>
    public IReadOnlyList<Partition> Partitions { get; init; } = [];

    /// <summary>Silos that are slow for a while.</summary>
    public IReadOnlyList<Slowdown> Slowdowns { get; init; } = [];

    /// <summary>Moments at which a silo is told to leave.</summary>
    public IReadOnlyList<long> Leaves { get; init; } = [];

    /// <summary>Moments at which one more silo joins.</summary>
    public IReadOnlyList<long> Joins { get; init; } = [];

    /// <summary>Moments at which the coordinator dies and another goes on from the newest checkpoint.</summary>
    public IReadOnlyList<long> JobCrashes { get; init; } = [];

    /// <summary>Moments at which everything dies but the store.</summary>
    public IReadOnlyList<long> TotalLosses { get; init; } = [];

    /// <summary>Mean time of one write or claim in the store, in microseconds.</summary>
    public double StoreDelay { get; init; } = 1_000;

    /// <summary>Share of writes and claims that fail.</summary>
    public double StoreErrors { get; init; }

    /// <summary>Updates of one worker that may be unsafe at a time; 0 for a run without keepers.</summary>
    public int RetainedMax { get; init; }

    /// <summary>How many times too fast or too slow a silo's timers are at most; 1 for exact ones.</summary>
    public double ClockSkew { get; init; } = 1;

    /// <summary>True where a fault waits until the run has recovered from the one before.</summary>
    public bool IsOneSiloAtATime { get; init; }

    /// <summary>When messages stop getting lost, in microseconds.</summary>
    public long FaultsEnd { get; init; } = 1_500_000;

    /// <summary>True where shards keep the contributions of a round until all are there.</summary>
    public bool KeepsRounds => Run.Mode == RunPlan.Bsp;

    /// <summary>
    /// The run with faults that are confined to one silo, which is down or cut off, until the run has recovered. No message of the others gets lost or
    /// is as slow as a silo that died, and updates are kept.
    /// </summary>
    public FaultPlan OneSiloAtATime => this with { IsOneSiloAtATime = true, Loss = 0, Slow = 0, RetainedMax = Math.Max(2, RetainedMax) };

    /// <summary>The run without its faults.</summary>
    public FaultPlan Undisturbed => this with
    {
        Loss = 0,
        Duplication = 0,
        Slow = 0,
        SiloCrashes = [],
        SiloSuspicions = [],
        ShardCrashes = [],
        WorkerCrashes = [],
        Partitions = [],
        Slowdowns = [],
        Leaves = [],
        Joins = [],
        JobCrashes = [],
        TotalLosses = [],
        StoreErrors = 0,
        ClockSkew = 1,
    };

    /// <summary>One line with the seed and every rate.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Run.Seed}, {Run.Mode}: {Run.Workers} workers, {Run.Shards} shards, {Samples} samples, batch {Run.Batch}, " +
        $"{Run.Epochs} epochs, {Run.LeaseBatches} batches a lease, {(IsSparse ? "sparse" : "dense")}; loss {Loss:F3}, duplication " +
        $"{Duplication:F3}, slow {Slow:F3}, delay {DelayMean:F0} us; silos die at [{List(SiloCrashes)}], are suspected at " +
        $"[{List(SiloSuspicions)}], shards die at [{List(ShardCrashes)}], workers die at [{List(WorkerCrashes)}] us, " +
        $"silos are cut off at [{string.Join(", ", Partitions)}], slow at [{string.Join(", ", Slowdowns)}], leave at " +
        $"[{List(Leaves)}], join at [{List(Joins)}]; the coordinator dies at [{List(JobCrashes)}], everything at [{List(TotalLosses)}]; store delay " +
        $"{StoreDelay:F0} us, errors {StoreErrors:F2}; {RetainedMax} retained, clock skew {ClockSkew:F2}, " +
        $"{Run.Assignment}, quorum {Run.Quorum:F2}, {Run.Codec.Kind}{(IsOneSiloAtATime ? "; one silo at a time" : "")}");

    private static string List(IReadOnlyList<long> moments) => string.Join(", ", moments);
}
