namespace OrleansSgd.Core.Shards;

/// <summary>What the shard did with a push. A refusal is an answer, not an exception: it is expected.</summary>
/// <param name="Kind">Applied, or why not.</param>
/// <param name="Delay">Updates the shard applied between the view and this push; 0 when it was not applied.</param>
/// <param name="Version">The shard's version after the push.</param>
public readonly record struct PushOutcome(PushOutcomeKind Kind, long Delay, long Version)
{
    /// <summary>True when the update is, or will be, in the parameters exactly once.</summary>
    public bool IsSettled => Kind is PushOutcomeKind.Applied or PushOutcomeKind.Pending or PushOutcomeKind.Duplicate;

    /// <summary>One line with the numbers that decided; rendered only when somebody reads it.</summary>
    public override string ToString() => Kind switch
    {
        PushOutcomeKind.None => $"view of version {Version}",
        PushOutcomeKind.Applied => $"applied as version {Version}, delay {Delay}",
        PushOutcomeKind.Pending => $"kept until the round after version {Version} is complete",
        PushOutcomeKind.Duplicate => $"ignored: the update is already in version {Version}",
        PushOutcomeKind.Fenced => "refused: a newer life of this worker exists; stop",
        PushOutcomeKind.NotReady => "refused: the shard has no parameters yet; wait and push again",
        PushOutcomeKind.RoundAhead => $"refused: the shard is still at round {Version}; wait and push again",
        PushOutcomeKind.NotYet => $"the shard is still at version {Version}; ask again",
        PushOutcomeKind.Diverged => "refused: the update is not finite; lower the rate",
        _ => throw new InvalidOperationException($"Unknown push outcome {(byte)Kind}."),
    };
}

/// <summary>Written to frames and traces: values are explicit and only ever appended.</summary>
public enum PushOutcomeKind : byte
{
    /// <summary>No push: the answer to a pull.</summary>
    None = 0,

    /// <summary>The update is in the parameters.</summary>
    Applied = 1,

    /// <summary>Kept until the other contributions of its round are here (bsp).</summary>
    Pending = 2,

    /// <summary>This update was here before; nothing was done.</summary>
    Duplicate = 3,

    /// <summary>The pusher is an earlier life of a worker that has a newer one.</summary>
    Fenced = 4,

    /// <summary>The shard has just been activated and waits for its parameters.</summary>
    NotReady = 5,

    /// <summary>The push belongs to a round the shard has not opened: it was restored to an earlier one.</summary>
    RoundAhead = 6,

    /// <summary>The answer to a pull that asked for a version the shard does not have yet.</summary>
    NotYet = 7,

    /// <summary>The update holds a value that is not finite.</summary>
    Diverged = 8,
}
