namespace OrleansSgd.Core.Consistency.Ledger;

/// <summary>What became of one ticket on one shard. Written to the wire: values are only ever added.</summary>
public enum SliceState : byte
{
    /// <summary>Sent or about to be; nobody knows yet whether the shard has it.</summary>
    Pending = 0,

    /// <summary>The shard subtracted it, once.</summary>
    Applied = 1,

    /// <summary>Declared void: the shard does not have it and will refuse it.</summary>
    Tombstoned = 2,
}
