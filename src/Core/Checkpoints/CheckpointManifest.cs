namespace OrleansSgd.Core.Checkpoints;

/// <summary>One ticket-consistent checkpoint: what it is of, and the parts it consists of.</summary>
public sealed record CheckpointManifest
{
    /// <summary>The layout this build writes.</summary>
    public const int LayoutNow = 1;

    /// <summary>Layout of the manifest and its parts.</summary>
    public int Layout { get; init; } = LayoutNow;

    /// <summary>The job.</summary>
    public string Job { get; init; } = "";

    /// <summary>Counts the checkpoints of the job over all its lives; 1 or more.</summary>
    public long Number { get; init; }

    /// <summary>The claim under which it was published.</summary>
    public long Generation { get; init; }

    /// <summary>Everything below this ticket is in it, and nothing else.</summary>
    public long Ticket { get; init; }

    /// <summary>The job's plan, as it was submitted.</summary>
    public string Plan { get; init; } = "";

    /// <summary>What model and shards the slices belong to: kind, parameters, shards. Another one is foreign.</summary>
    public string Shape { get; init; } = "";

    /// <summary>How the run ended; null while it is to be resumed.</summary>
    public string? Outcome { get; init; }

    /// <summary>Every part, those of earlier checkpoints that this one builds on too.</summary>
    public IReadOnlyList<CheckpointPart> Parts { get; init; } = [];
}
