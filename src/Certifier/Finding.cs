namespace OrleansSgd.Certifier;

/// <summary>What is not as it has to be.</summary>
public enum FindingKind
{
    /// <summary>A ticket has no story, two stories, or a view with tickets that are not before its own.</summary>
    Order,

    /// <summary>A shard's log and the rows disagree about what was applied.</summary>
    ExactlyOnce,

    /// <summary>A view claims something else than the shard's log says it had.</summary>
    View,

    /// <summary>A new life of a shard begins with something else than the life before it had.</summary>
    Restore,

    /// <summary>An exact distance exceeds its bound.</summary>
    Distance,

    /// <summary>Parameters at a cut are not the first ones less the updates.</summary>
    Conservation,

    /// <summary>The mean gap of a window exceeds B² beyond its error.</summary>
    Condition,

    /// <summary>A live figure is not what the rows give.</summary>
    Agreement,
}

/// <summary>One thing that is not as it has to be.</summary>
/// <param name="Kind">Which rule it breaks.</param>
/// <param name="Ticket">The first ticket it concerns; −1 when it concerns the run as a whole.</param>
/// <param name="Shard">The shard; −1 when it concerns all or none.</param>
/// <param name="Sentence">What was found, with numbers, and what should be.</param>
public readonly record struct Finding(FindingKind Kind, long Ticket, int Shard, string Sentence)
{
    /// <inheritdoc/>
    public override string ToString() => Sentence;
}
