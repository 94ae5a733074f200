namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>What the meter did with a record.</summary>
public enum RecordVerdict
{
    /// <summary>Taken up.</summary>
    Recorded,

    /// <summary>Known already; states that were pending were settled by it.</summary>
    Duplicate,

    /// <summary>The ticket was finalised before. Nothing was changed.</summary>
    AlreadyFinalised,

    /// <summary>The ticket is too far ahead of the oldest one that must be kept. Nothing was changed.</summary>
    RingFull,

    /// <summary>The view lacks tickets that are no longer remembered, so the bound would be too small. Nothing was changed.</summary>
    ViewTooOld,

    /// <summary>The view contains tickets that are not before its own: the ticket was taken before the last pull. Nothing was changed.</summary>
    ViewAheadOfTicket,

    /// <summary>Another worker has this ticket, or a shard applied what was declared void. Nothing was changed.</summary>
    Conflict,
}

/// <summary>What the meter did with a record, and the numbers that made it so.</summary>
/// <param name="Verdict">What was done.</param>
/// <param name="Ticket">Of the record.</param>
/// <param name="Limit">The ticket that decided: oldest kept, first not finalised, or first in the view that should not be.</param>
/// <param name="TicketsMax">Tickets kept at once.</param>
public readonly record struct RecordOutcome(RecordVerdict Verdict, long Ticket, long Limit, int TicketsMax)
{
    /// <summary>True when the meter now knows what the record says.</summary>
    public bool IsKnown => Verdict is RecordVerdict.Recorded or RecordVerdict.Duplicate;

    /// <inheritdoc/>
    public override string ToString() => Verdict switch
    {
        RecordVerdict.Recorded => $"Ticket {Ticket} recorded.",
        RecordVerdict.Duplicate => $"Ticket {Ticket} was recorded before.",
        RecordVerdict.AlreadyFinalised => $"Ticket {Ticket} was finalised before; the first one not finalised is {Limit}.",
        RecordVerdict.RingFull =>
            $"Ticket {Ticket} is {Ticket - Limit} after {Limit}, the oldest that must be kept; the meter keeps {TicketsMax}. " +
            "Settle or tombstone what is open there, retire workers that left, or raise TicketsMax.",
        RecordVerdict.ViewTooOld =>
            $"Ticket {Ticket} was computed on a view that may lack tickets before {Limit}, which the meter no longer keeps. " +
            "Tombstone it, or raise TicketsMax.",
        RecordVerdict.ViewAheadOfTicket =>
            $"The view of ticket {Ticket} contains ticket {Limit - 1}, which is not before its step. A ticket is taken after the last pull.",
        _ => $"Ticket {Ticket} is claimed twice with different stories; x is no longer well defined from {Limit} on.",
    };
}
