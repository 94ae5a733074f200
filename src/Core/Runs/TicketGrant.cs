namespace OrleansSgd.Core.Runs;

/// <summary>A gradient's place in the global order.</summary>
/// <param name="Ticket">Its ticket; −1 for none.</param>
/// <param name="RoundTicket">
/// The ticket before which x is taken for it: the first one given for its round; the ticket itself when every gradient is a step, and for a
/// slot that is computed again although shards may have gone on, because its view may contain the rest of the round.
/// </param>
public readonly record struct TicketGrant(long Ticket, long RoundTicket)
{
    /// <summary>No ticket.</summary>
    public static TicketGrant None { get; } = new(-1, -1);

    /// <summary>Where the lease ends by now: a slow worker's may be shorter than when it was granted; 0 when it is as it was.</summary>
    public int LeaseEnd { get; init; }

    /// <summary>Which keeper the update is to be handed to before it is pushed, by number; 0 for none.</summary>
    public int Keeper { get; init; }

    /// <summary>
    /// Durable acknowledgement: updates below this ticket survive the loss of any one silo without help of their worker, who may forget them.
    /// </summary>
    public long Safe { get; init; }
}
