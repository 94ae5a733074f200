using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <summary>A ticket from the moment it is given until every shard has its update, or none ever will.</summary>
/// <param name="Grant">The ticket.</param>
/// <param name="Sequence">Number of the worker's update.</param>
/// <param name="Lease">The lease its batch is part of.</param>
/// <param name="Start">First position of the batch.</param>
/// <param name="End">One past its last position.</param>
/// <param name="Norm">At least the norm of the update, in parameter units; NaN when its worker did not say.</param>
/// <param name="ViewFloor">Every ticket below it was closed before the view was pulled.</param>
internal readonly record struct OpenTicket(
    TicketGrant Grant, long Sequence, Lease Lease, int Start, int End, double Norm, long ViewFloor)
{
    /// <summary>No ticket.</summary>
    public static OpenTicket None { get; } = new(TicketGrant.None, -1, new Lease(-1, 0, 0, 0, -1, 0, 1), 0, 0, double.NaN, 0);

    /// <summary>The ticket; −1 for none.</summary>
    public long Ticket => Grant.Ticket;
}
