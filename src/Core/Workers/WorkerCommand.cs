using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Workers;

/// <summary>One thing the worker's host has to do; it reports back with the event named beside each kind.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Shard">For Pull and Push: which shard.</param>
/// <param name="Version">For Pull: answer only once the shard has this version.</param>
/// <param name="Sequence">For Push and Release: which update.</param>
public readonly record struct WorkerCommand(
    WorkerCommandKind Kind, int Shard = -1, long Version = 0, long Sequence = -1);

/// <summary>The kinds of <see cref="WorkerCommand"/>.</summary>
public enum WorkerCommandKind
{
    /// <summary>Nothing until an event arrives.</summary>
    None,

    /// <summary>Commit the finished lease, if any, and ask for the next: <see cref="WorkerMachine.LeaseAnswered"/>.</summary>
    Lease,

    /// <summary>Fetch what changed in one shard: <see cref="WorkerMachine.ViewArrived"/>.</summary>
    Pull,

    /// <summary>Compute the gradient of <see cref="WorkerMachine.Batch"/>: <see cref="WorkerMachine.GradientComputed"/>.</summary>
    Gradient,

    /// <summary>Take a ticket and encode meanwhile: <see cref="WorkerMachine.TicketAnswered"/>.</summary>
    Ticket,

    /// <summary>Send one shard's frame of the update with this sequence: <see cref="WorkerMachine.PushAnswered"/>.</summary>
    Push,

    /// <summary>The frames of the update with this sequence are not needed any more. No event.</summary>
    Release,

    /// <summary>Wait for <see cref="WorkerMachine.HoldFor"/>, then <see cref="WorkerMachine.Ticked"/>.</summary>
    Hold,

    /// <summary>End the loop; <see cref="WorkerMachine.StopReason"/> says why.</summary>
    Stop,
}

/// <summary>The batch a gradient is asked for.</summary>
/// <param name="Lease">The lease it is part of.</param>
/// <param name="Start">First position in the epoch's order.</param>
/// <param name="End">One past the last position.</param>
public readonly record struct BatchRange(Lease Lease, int Start, int End)
{
    /// <summary>Samples in the batch.</summary>
    public int Length => End - Start;
}

/// <summary>Why a worker's loop ended.</summary>
public enum WorkerStopReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Every sample of the run is used.</summary>
    Finished,

    /// <summary>A newer life of the worker exists.</summary>
    Fenced,

    /// <summary>The loss or the gradient is not finite.</summary>
    Diverged,

    /// <summary>Its next life goes on, elsewhere, with what this one hands over.</summary>
    Left,
}
