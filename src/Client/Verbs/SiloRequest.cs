using Microsoft.Extensions.Logging;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Silo.Clustering;
using OrleansSgd.Silo.Http;

namespace OrleansSgd.Client.Verbs;

/// <summary>Silos as asked for.</summary>
internal sealed record SiloRequest
{
    /// <summary>Where jobs are kept.</summary>
    public required string Store { get; init; }

    /// <summary>How often a job is written there.</summary>
    public required double CheckpointSeconds { get; init; }

    /// <summary>Silos to begin with.</summary>
    public required int Silos { get; init; }

    /// <summary>To submit; each has a plan.</summary>
    public required IReadOnlyList<JobFileOutcome> Jobs { get; init; }

    /// <summary>Whether the silos end with the last job.</summary>
    public required bool EndsWhenDone { get; init; }

    /// <summary>Parent of the jobs' folders.</summary>
    public required string Out { get; init; }

    /// <summary>Whether each job leaves a trace.</summary>
    public required bool IsTraced { get; init; }

    /// <summary>The data folder.</summary>
    public required string Data { get; init; }

    /// <summary>Whether events are printed instead of lines.</summary>
    public required bool IsJson { get; init; }

    /// <summary>The least level that is shown.</summary>
    public required LogLevel Log { get; init; }

    /// <summary>How the number of silos follows the work.</summary>
    public required ScalingRequest Scaling { get; init; }

    /// <summary>Where silos and clients meet; null for a grid of this process alone.</summary>
    public required GridPlace? Place { get; init; }

    /// <summary>Whether the grid is another process's.</summary>
    public required bool IsJoining { get; init; }

    /// <summary>Where health and scaling answer; null for nowhere.</summary>
    public required HttpPlace? Http { get; init; }

    /// <summary>How long a silo that is told to stop may take to hand over.</summary>
    public required TimeSpan DrainTime { get; init; }

    /// <summary>Folders outside of which job files can read nothing.</summary>
    public required IReadOnlyList<string> JobRoots { get; init; }

    /// <summary>Threads of each silo that compute gradients; null for an even share of the processors.</summary>
    public required int? ComputeThreads { get; init; }

    /// <summary>Threads inside one gradient; null for one, since which jobs will come is not known.</summary>
    public required int? IntraOpThreads { get; init; }

    /// <summary>What compute threads are pinned to; null for wherever the system puts them.</summary>
    public required ProcessorPins? Pins { get; init; }

    /// <summary>What the silos are told.</summary>
    public void Configure(GridOptions options)
    {
        ThreadShare share = ThreadShare.Of(Pins?.Processors.Count ?? Environment.ProcessorCount, Silos);
        options.DataFolder = Data;
        options.ComputeThreads = ComputeThreads ?? share.ComputeThreads;
        options.IntraOpThreads = IntraOpThreads ?? share.IntraOpThreads;
        options.Pins = Pins;
        options.Store = Store;
        options.CheckpointPeriod = TimeSpan.FromSeconds(CheckpointSeconds);
        options.DrainDeadline = DrainTime;
        options.JobRoots = [.. JobRoots];
    }
}
