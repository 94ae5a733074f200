namespace OrleansSgd.Certifier.Reading;

/// <summary>What happened to the ledger besides rows.</summary>
internal abstract record LedgerEvent
{
    /// <summary>Reads <c>ledger.event</c>.</summary>
    /// <param name="shards">Shards of the job.</param>
    /// <exception cref="InvalidDataException">A kind that this reader does not know: what it means for x cannot be guessed.</exception>
    public static LedgerEvent Read(LedgerSpan span, int shards)
    {
        string kind = span.Text("kind");
        return kind switch
        {
            "void" => new VoidEvent(span.Count("ticket")),
            "settle" => new SettleEvent(span.Count("ticket"), Applied(span, shards)),
            "retire" => new RetireEvent((int)span.Integer("worker", 0, int.MaxValue), span.Count("ticket")),
            "restore" => Restore(span, shards),
            "break" => new BreakEvent(span.Text("reason")),
            "resume" => new ResumeEvent(span.Count("ticket"), (int)span.Integer("lives_before", 0, int.MaxValue)),
            _ => throw span.Wrong("kind", $"is '{kind}'; expected void, settle, retire, restore, resume or break. Certify with the version that wrote the trace"),
        };
    }

    private static bool[] Applied(LedgerSpan span, int shards)
    {
        byte[] bytes = span.Bytes("applied");
        return bytes.Length == shards && bytes.All(static one => one < 2)
            ? [.. bytes.Select(static one => one == 1)]
            : throw span.Wrong("applied", $"is not {shards} bytes of 0 or 1, one a shard");
    }

    private static RestoreEvent Restore(LedgerSpan span, int shards)
    {
        var restore = new RestoreEvent(
            (int)span.Integer("shard", 0, shards - 1),
            (int)span.Integer("incarnation", 0, int.MaxValue),
            span.Count("version"),
            span.Count("watermark"),
            TicketList.Read(span, "exceptions"),
            TicketList.Read(span, "lost"),
            span.Has("replayed") ? TicketList.Read(span, "replayed") : []);
        return restore.Exceptions is not [long first, ..] || first >= restore.Watermark
            ? restore
            : throw span.Wrong("exceptions", $"begin with {first}, below the watermark {restore.Watermark}");
    }
}

/// <summary>No shard has the ticket, none will.</summary>
internal sealed record VoidEvent(long Ticket) : LedgerEvent;

/// <summary>What became of a row whose slices were pending.</summary>
internal sealed record SettleEvent(long Ticket, bool[] Applied) : LedgerEvent;

/// <summary>A worker's life takes no ticket from this one on.</summary>
internal sealed record RetireEvent(int Worker, long Ticket) : LedgerEvent;

/// <summary>A new life of a shard begins with this settled set.</summary>
internal sealed record RestoreEvent(int Shard, int Incarnation, long Version, long Watermark, long[] Exceptions, long[] Lost, long[] Replayed) : LedgerEvent
{
    /// <summary>The lowest ticket that this event can say something about.</summary>
    public long TicketMin => Lost is [long first, ..] ? Math.Min(first, Watermark) : Watermark;

    /// <summary>True when the new life begins with this ticket settled.</summary>
    public bool Settles(long ticket) => ticket < Watermark || Array.BinarySearch(Exceptions, ticket) >= 0;

    /// <summary>True when a keeper added this ticket to what the new life begins with.</summary>
    public bool Replays(long ticket) => Array.BinarySearch(Replayed, ticket) >= 0;

    /// <summary>True when this ticket was lost.</summary>
    public bool Loses(long ticket) => Array.BinarySearch(Lost, ticket) >= 0;
}

/// <summary>The run went on from a checkpoint: what lives of shards up to a number did from a ticket on does not count.</summary>
internal sealed record ResumeEvent(long Ticket, int LivesBefore) : LedgerEvent;

/// <summary>Something that no term accounts for.</summary>
internal sealed record BreakEvent(string Reason) : LedgerEvent;
