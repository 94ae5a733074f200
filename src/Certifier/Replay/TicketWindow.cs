namespace OrleansSgd.Certifier.Replay;

/// <summary>The tickets that something still to come can speak of.</summary>
internal sealed class TicketWindow(int shards, long tickets)
{
    private readonly SlidingList<TicketEntry?> _entries = new(null);

    /// <summary>Shards of the job.</summary>
    public int Shards { get; } = shards;

    /// <summary>Tickets that were given out.</summary>
    public long Tickets { get; } = tickets;

    /// <summary>The lowest ticket that is still there.</summary>
    public long First => _entries.First;

    /// <summary>One past the highest ticket heard of.</summary>
    public long End => _entries.End;

    /// <summary>The entry of a ticket that is not below <see cref="First"/> and was given out.</summary>
    public TicketEntry At(long ticket) => _entries.Reach(ticket) ??= new TicketEntry(ticket, Shards);

    /// <summary>The entry of a ticket, or null when nothing was said of it.</summary>
    public TicketEntry? Find(long ticket) => ticket >= _entries.First && ticket < _entries.End ? _entries[ticket] : null;

    /// <summary>Lets go of everything below a ticket.</summary>
    public void DropBelow(long ticket) => _entries.DropBelow(ticket);
}
