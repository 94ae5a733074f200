namespace OrleansSgd.Core.Shards;

/// <summary>One ticket that a shard settled.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Kind">How.</param>
public readonly record struct ShardEntry(long Ticket, ShardEntryKind Kind);

/// <summary>How a shard settled a ticket.</summary>
public enum ShardEntryKind
{
    /// <summary>Its update was applied; the version is one higher.</summary>
    Applied,

    /// <summary>Its update was applied as part of a round that the next <see cref="Applied"/> completes.</summary>
    AppliedInRound,

    /// <summary>No update of it was applied, and none will be.</summary>
    Void,
}
