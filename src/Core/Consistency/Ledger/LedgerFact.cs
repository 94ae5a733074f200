namespace OrleansSgd.Core.Consistency.Ledger;

/// <summary>What kind of thing a <see cref="LedgerFact"/> says.</summary>
public enum LedgerFactKind : byte
{
    /// <summary>No shard has the ticket, and none will: it is no step.</summary>
    Void,

    /// <summary>What became of a row whose slices were pending when the worker told of it.</summary>
    Settle,

    /// <summary>A worker's life takes no ticket from this one on; what it held back is lost unless a row said otherwise.</summary>
    Retire,

    /// <summary>A new life of a shard starts with a settled set; the lost tickets were in x and are no longer.</summary>
    Restore,

    /// <summary>Something happened that no term of the certificate accounts for.</summary>
    Break,

    /// <summary>Shards applied an update, but its worker died before it told the ledger of it.</summary>
    Orphan,
}

/// <summary>Something that only the coordinator knows and that the ledger must: one event of a run's trace (docs/trace-format.md).</summary>
/// <remarks>Which fields count follows from <see cref="Kind"/>; the others stay at their defaults. Arrays are the reader's to keep: nobody changes them.</remarks>
public readonly record struct LedgerFact
{
    /// <summary>A fact of one kind; everything else is said by initialisers.</summary>
    public LedgerFact(LedgerFactKind kind)
    {
        Kind = kind;
    }

    /// <summary>What it says.</summary>
    public LedgerFactKind Kind { get; init; }

    /// <summary>void, settle, orphan: the ticket; retire: first ticket that the life does not take any more.</summary>
    public long Ticket { get; init; }

    /// <summary>retire, orphan: index of the worker.</summary>
    public int Worker { get; init; }

    /// <summary>retire, orphan: the worker's life; restore: the shard's new life.</summary>
    public int Incarnation { get; init; }

    /// <summary>restore: index of the shard.</summary>
    public int Shard { get; init; }

    /// <summary>restore: the version the new life starts with.</summary>
    public long Version { get; init; }

    /// <summary>restore: every ticket below it is settled in the new life.</summary>
    public long Watermark { get; init; }

    /// <summary>restore: tickets above the watermark that are settled in the new life, ascending.</summary>
    public long[] Exceptions { get => field ?? []; init; }

    /// <summary>restore: tickets that the life before had applied and the new one has not, ascending.</summary>
    public long[] Lost { get => field ?? []; init; }

    /// <summary>restore: tickets that keepers have added to what the new life starts from, ascending; the life before may never have had them.</summary>
    public long[] Replayed { get => field ?? []; init; }

    /// <summary>settle, orphan: per shard, true when it applied its slice, false when the slice is void there.</summary>
    public bool[] Applied { get => field ?? []; init; }

    /// <summary>break: what happened, as a sentence. orphan: what to say when the record cannot be rebuilt.</summary>
    public string Reason { get => field ?? ""; init; }

    /// <summary>orphan: ‖decoded update slice‖² per shard, in squared parameter units; 0 where the slice is void.</summary>
    public double[] NormSquared { get => field ?? []; init; }

    /// <summary>orphan: what each gradient was multiplied by.</summary>
    public double Rate { get; init; }

    /// <summary>orphan: p, gradients that make one step.</summary>
    public int SlotCount { get; init; }

    /// <summary>orphan: first ticket of the round; the ticket itself in single steps.</summary>
    public long RoundTicket { get; init; }

    /// <summary>orphan: samples in the batch, as far as the lease says.</summary>
    public int SampleCount { get; init; }

    /// <summary>orphan: every ticket below it was in the view, whatever the view was: the oldest it can have been.</summary>
    public long ViewFloor { get; init; }

    /// <summary>orphan: true when rate and norms are known; otherwise only a kept row tells what the update was.</summary>
    public bool IsRebuildable => double.IsFinite(Rate) && NormSquared.All(double.IsFinite);
}
