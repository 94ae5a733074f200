using System.Text.Json;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>What a checkpoint keeps of a job beside its shards and its ledger.</summary>
internal sealed record SavedJob
{
    /// <summary>What the part's name begins with; the checkpoint's number follows.</summary>
    public const string PartPrefix = "job-";

    /// <summary>The coordinator.</summary>
    public required SavedRun Run { get; init; }

    /// <summary>What workers had reported.</summary>
    public required SavedReports Reports { get; init; }

    /// <summary>What had happened.</summary>
    public JobEvent[] Events { get => field ?? []; init; }

    /// <summary>Its figures over time, up to the checkpoint itself.</summary>
    public JobPoint[] Points { get => field ?? []; init; }

    /// <summary>Seconds of training so far, over all coordinators.</summary>
    public double Seconds { get; init; }

    /// <summary>When it was taken, for how much is done again at most.</summary>
    public DateTimeOffset TakenAt { get; init; }

    /// <summary>The grid that took it: when it is still the same, its shards may know how far they had got.</summary>
    public string Cluster { get => field ?? ""; init; }

    /// <summary>Where the ledger's log was when the run was held.</summary>
    public long LogMark { get; init; }

    /// <summary>Resumptions before it.</summary>
    public LogCut[] LogCuts { get => field ?? []; init; }

    /// <summary>Silos that were told to leave: nothing is placed there.</summary>
    public string[] Leaving { get => field ?? []; init; }

    /// <summary>Times the job was resumed.</summary>
    public int Resumptions { get; init; }

    /// <summary>Tickets that were done again, as far as it is known.</summary>
    public long TicketsRedone { get; init; }

    /// <summary>Longest time from the loss of a member to its next life being up; NaN when none was lost.</summary>
    public double RecoverySecondsMax { get; init; } = double.NaN;

    /// <summary>Whether somebody let it wait.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Workers that compute at most; 0 for as many as the plan says.</summary>
    public int WorkersMax { get; init; }

    /// <summary>The bytes of the part.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, CheckpointJson.Options);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static SavedJob Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<SavedJob>(bytes, CheckpointJson.Options)
                ?? throw new InvalidDataException($"Part {PartPrefix}… is null; it was not written by a grid.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"Part {PartPrefix}… is not one this build understands: {error.Message} Resume the job with the build that wrote it.", error);
        }
    }
}

/// <summary>Sums over what the workers of all lives reported.</summary>
internal sealed record SavedReports(
    long Updates, long DelaySum, long DelayMax, long BytesPushed, long BytesPulled, double LossSum, double LossSamples)
{
    /// <summary>Nothing was reported yet.</summary>
    public static SavedReports None { get; } = new(0, 0, 0, 0, 0, 0, 0);
}
