namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>The newest tickets, in a ring that forgets only what no view still to come can lack.</summary>
internal sealed class LedgerRing(int ticketsMax, int shardCount, WorkerLedger workers)
{
    private readonly LedgerEntry?[] _entries = new LedgerEntry?[ticketsMax];

    /// <summary>The oldest ticket that is kept.</summary>
    public long Oldest { get; private set; }

    /// <summary>One past the highest ticket heard of.</summary>
    public long End { get; private set; }

    /// <summary>The first ticket that is not finalised.</summary>
    public long NextTicket { get; set; }

    public long KeepFrom { get; set; } = long.MaxValue;

    /// <summary>Makes room for a ticket by forgetting old ones; false when those that must be kept fill the ring.</summary>
    public bool Reach(long ticket)
    {
        if (ticket - Oldest >= ticketsMax)
        {
            // An eighth more than needed, so that the floor is looked for once in many tickets.
            Oldest = Math.Max(Oldest, Math.Min(Floor(), ticket - ticketsMax + 1 + (ticketsMax / 8)));
        }

        if (ticket - Oldest >= ticketsMax)
        {
            return false;
        }

        End = Math.Max(End, ticket + 1);
        return true;
    }

    /// <summary>The entry of a ticket within reach, opened when it is new.</summary>
    public LedgerEntry Open(long ticket)
    {
        ref LedgerEntry? entry = ref _entries[ticket & (ticketsMax - 1)];
        entry ??= new LedgerEntry();
        if (entry.Ticket != ticket)
        {
            entry.Open(ticket, shardCount);
        }

        return entry;
    }

    /// <summary>The entry of a ticket; null when nothing was heard of it, or it was forgotten.</summary>
    public LedgerEntry? Find(long ticket)
    {
        LedgerEntry? entry = _entries[ticket & (ticketsMax - 1)];
        return entry?.Ticket == ticket ? entry : null;
    }

    // Views still to come are no older than their worker's last; those of open tickets are known.
    private long Floor()
    {
        long floor = Math.Min(Math.Min(NextTicket, KeepFrom), workers.ViewWatermarkMin());
        for (long ticket = NextTicket; ticket < End; ticket++)
        {
            if (Find(ticket) is { HasRecord: true } entry)
            {
                floor = Math.Min(floor, entry.Record.ViewWatermarkMin());
            }
        }

        return floor;
    }
}
