namespace OrleansSgd.Grains.Checkpoints;

/// <summary>What a <see cref="LedgerEntry"/> is. Written to stores: values are explicit and only ever appended.</summary>
internal enum LedgerEntryKind : byte
{
    /// <summary>A worker's row: a ledger frame (docs/theory.md).</summary>
    Row = 1,

    /// <summary>What became of a ticket's slices: one byte a shard, 1 applied; a fact of its own kind because a synchronous run has one a ticket.</summary>
    Settle = 2,

    /// <summary>Any other fact of the coordinator; JSON.</summary>
    Fact = 3,

    /// <summary>A cut was announced at its ticket; no bytes.</summary>
    Expect = 4,

    /// <summary>The loss at a cut; JSON.</summary>
    Cut = 5,

    /// <summary>An exact ‖x − v‖²; f64 little-endian.</summary>
    Audit = 6,
}

/// <summary>One thing that a run's monitor took, as a checkpoint keeps it.</summary>
internal readonly ref struct LedgerEntry(LedgerEntryKind kind, long offset, long ticket, ReadOnlySpan<byte> payload)
{
    /// <summary>What it is.</summary>
    public LedgerEntryKind Kind { get; } = kind;

    /// <summary>Where it begins in the log of the whole run.</summary>
    public long Offset { get; } = offset;

    /// <summary>The ticket it is about; −1 for none.</summary>
    public long Ticket { get; } = ticket;

    /// <summary>The rest, as its kind says.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;
}
