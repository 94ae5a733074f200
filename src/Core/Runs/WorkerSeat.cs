namespace OrleansSgd.Core.Runs;

/// <summary>What the coordinator remembers of one life of a worker.</summary>
internal sealed class WorkerSeat
{
    /// <summary>The newest ticket of the lease in use.</summary>
    public OpenTicket Open { get; set; } = OpenTicket.None;

    /// <summary>True until the worker's next question says that every shard has the ticket.</summary>
    public bool IsOpen { get; set; }

    /// <summary>True when a shard died that may have had the open ticket: its next life is offered it again.</summary>
    public bool IsOffered { get; set; }

    /// <summary>The newest update a ticket was given for.</summary>
    public long Sequence { get; set; } = -1;

    /// <summary>True once it may push to shards.</summary>
    public bool HasBegun { get; set; }

    /// <summary>True when it is to hand over to its next life on another silo, at its next question.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>True when it had to wait for its next lease.</summary>
    public bool HasWaited { get; set; }

    /// <summary>True from a stale ticket until the lease is granted anew.</summary>
    public bool IsStale { get; set; }

    /// <summary>Whether the lease in use is to be begun with new views.</summary>
    public bool IsFresh { get; set; }

    /// <summary>Every ticket below it is in the views that the worker pulls next; −1 before its first lease.</summary>
    public long ViewFloor { get; set; } = -1;

    /// <summary>The life whose rule and codec go on in this one; 0 for none.</summary>
    public int CarriedFrom { get; set; }

    /// <summary>The newest life of which the ledger may have rows: until this one has a ticket, it is the one it goes on from.</summary>
    /// <param name="incarnation">This life.</param>
    public int HoldsFor(int incarnation) => Sequence >= 0 || CarriedFrom == 0 ? incarnation : CarriedFrom;
}
