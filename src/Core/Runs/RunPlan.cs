using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Schedules;

namespace OrleansSgd.Core.Runs;

/// <summary>How a run is trained: everything of a job file but its data and its model.</summary>
public sealed record RunPlan
{
    /// <summary>Bulk-synchronous: the workers step together, and equal seeds give equal bits.</summary>
    public const string Bsp = "bsp";

    /// <summary>Asynchronous: nobody waits for anybody.</summary>
    public const string Async = "async";

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

    /// <summary><c>async</c> or <c>bsp</c>.</summary>
    public string Mode { get; init; } = Async;

    /// <summary>Batches a worker leases at a time in asynchronous modes; 1 to 10 000.</summary>
    /// <remarks>Raise it when leases show up in the time of a step; lower it when a lost worker costs too many samples.</remarks>
    public int LeaseBatches { get; init; } = 16;

    /// <summary>How updates are encoded.</summary>
    public CodecPlan Codec { get; init; } = new();

    /// <summary>The learning rate over the run.</summary>
    public SchedulePlan Rate { get; init; } = new();

    /// <summary>True in synchronous modes.</summary>
    public bool IsSynchronous => Mode == Bsp;

    /// <summary>
    /// What each gradient is scaled by: α alone when one gradient is one step, α / p when p gradients make one
    /// (theory: single-step and parallel-step).
    /// </summary>
    public double RateOf(double epoch, int slotCount) => Rate.RateAt(epoch, Epochs) / slotCount;

    /// <summary>Everything wrong with the plan, each with its key, its value and the range.</summary>
    /// <param name="dimension">Parameters of the model, when known.</param>
    public IEnumerable<string> Mistakes(int? dimension = null)
    {
        if (Range("workers", Workers, MembersMax) is { } workers)
        {
            yield return workers;
        }

        if (Range("shards", Shards, MembersMax) is { } shards)
        {
            yield return shards;
        }
        else if (Shards > dimension)
        {
            yield return $"shards is {Shards}, but the model has {dimension} parameters; use 1 to {dimension}.";
        }

        if (Range("batch", Batch, 1_000_000) is { } batch)
        {
            yield return batch;
        }

        if (Range("epochs", Epochs, 1_000_000) is { } epochs)
        {
            yield return epochs;
        }

        if (Range("leaseBatches", LeaseBatches, 10_000) is { } lease)
        {
            yield return lease;
        }

        if (Mode is not (Bsp or Async))
        {
            yield return $"mode is '{Mode}'; use {Async} or {Bsp}.";
        }

        foreach (string mistake in Codec.Mistakes("codec", dimension).Concat(Rate.Mistakes("rate")))
        {
            yield return mistake;
        }
    }

    private static string? Range(string key, int value, int max) =>
        value >= 1 && value <= max ? null : $"{key} is {value}; use 1 to {max}.";
}
