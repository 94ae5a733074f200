using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Runs;

/// <content>Who gets which ticket, and the moments at which nobody gets one: x is exactly the sum of all before.</content>
public sealed partial class RunCoordinator
{
    private int _holds;
    private int _boundaries;

    // A round of whose views some may contain tickets from its first one on, because a slot was computed again meanwhile.
    private long _roundMixed = -1;

    // x was measured just before this ticket, with everything below it.
    private long _cutTicket = -1;
    private bool _isCutWished;

    // A round does not open while the host has not heard that the one before is a boundary, or holds it. Nor while shards have
    // not said what they have of a lost worker: they remember two rounds.
    private bool MayOpenRound =>
        _holds == 0 && !IsPaused && _boundaries == 0 && !_isCutWished && (!_overlaps || IsNewestRoundTicketed) && !IsClaimInDoubt && MayRetainRound();

    private bool IsNewestRoundTicketed =>
        _leases.RoundsOpened == 0 || _roundTickets.CountOf(_leases.RoundsOpened - 1) == _leases.SlotsOf(_leases.RoundsOpened - 1);

    /// <summary>Gives the next ticket to a worker for one batch of its lease.</summary>
    /// <param name="worker">Who asks.</param>
    /// <param name="incarnation">Its life.</param>
    /// <param name="sequence">Number of the worker's update: asked again, it gets the same ticket.</param>
    /// <param name="lease">The lease the batch is part of.</param>
    /// <param name="start">First position of the batch.</param>
    /// <param name="end">One past its last position.</param>
    /// <param name="norm">
    /// At least the norm of the update, in parameter units; NaN when it is not known. Gates go by it, and it stands in for the norm of a slice that
    /// nobody has seen any more.
    /// </param>
    /// <param name="viewed">Every ticket below this one is in the worker's view.</param>
    /// <param name="grant">The ticket, when given.</param>
    /// <remarks>
    /// Where rounds overlap the question is asked twice, before the gradient and after it; the second answer is held until every
    /// slot of the round has its ticket.
    /// </remarks>
    public TicketVerdict TicketAsked(
        int worker, int incarnation, long sequence, long lease, int start, int end, double norm, long viewed, out TicketGrant grant)
    {
        grant = TicketGrant.None;
        if (!IsPresent(_workers[worker], incarnation))
        {
            return TicketVerdict.Fenced;
        }

        WorkerSeat seat = _seats[worker];
        if (sequence <= seat.Sequence)
        {
            TicketVerdict again = Repeated(worker, seat, sequence, norm, out grant);
            grant = grant with { LeaseEnd = _leases.ShortenedEndOf(worker) };
            return again;
        }

        if (seat.IsStale || _leases.HeldBy(worker) is not { } held || held.Id != lease)
        {
            return TicketVerdict.Stale;
        }

        Close(worker, seat); // it asks for the next only when every shard has this one
        if ((_holds > 0 || IsPaused) && !_plan.IsSynchronous)
        {
            return TicketVerdict.Held;
        }

        if (seat.IsLeaving && !_plan.IsSynchronous && held.Start < start)
        {
            seat.IsStale = true; // what is left of its lease is for others
            return TicketVerdict.Stale;
        }

        NoteView(worker, seat, viewed);
        if (!MayRetain(worker))
        {
            return TicketVerdict.Held;
        }

        TicketVerdict verdict = held.IsFlush ? TicketVerdict.Given : _gate.MayTake(worker, norm);
        seat.IsStale = verdict == TicketVerdict.Stale;
        if (verdict == TicketVerdict.Given)
        {
            grant = Give(worker, seat, new OpenTicket(TicketGrant.None, sequence, held, start, end, norm, seat.ViewFloor)) with
            {
                LeaseEnd = _leases.ShortenedEndOf(worker),
            };
        }

        return verdict;
    }

    /// <summary>Stops tickets where nobody waits for anybody, and rounds where they do, so that x can be read as it is at one ticket.</summary>
    /// <param name="ticket">Once every shard has settled every ticket below it, the slices are exactly x just before it.</param>
    /// <returns>
    /// False when a round is under way; then no other opens, and <see cref="RunCommandKind.Cut"/> follows when it is complete.
    /// </returns>
    /// <remarks>Each that succeeded needs one <see cref="Release"/>. Several may hold at a time.</remarks>
    public bool TryHold(out long ticket)
    {
        ticket = _nextTicket;
        if (_plan.IsSynchronous && _holds == 0 && !_leases.IsBetweenRounds)
        {
            _isCutWished = true;
            return false;
        }

        _holds++;
        return true;
    }

    /// <summary>
    /// Whether slices that were read under a hold are x just before a ticket: every shard had settled all tickets below it, still serves in the life
    /// that was read, and none of those tickets is in doubt.
    /// </summary>
    /// <param name="ticket">
    /// What <see cref="TryHold"/> said; on return the ticket to read at next, which is higher when a slot had to be computed again.
    /// </param>
    /// <param name="lives">The life of each shard that was read, by number.</param>
    /// <returns>False when the slices are to be read again, after a while.</returns>
    public bool TryConfirm(ref long ticket, ReadOnlySpan<int> lives)
    {
        bool isWhole = _holds > 0 && ticket == _nextTicket
            && _doubtful.Count == 0 && _settling.Count == 0 && _unfenced.Count == 0
            && (!_plan.IsSynchronous || _leases.IsBetweenRounds);
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            isWhole &= _shards[shard].State == MemberState.Live && _shards[shard].Incarnation == lives[shard];
        }

        ticket = _nextTicket;
        _cutTicket = isWhole ? ticket : _cutTicket;
        return isWhole;
    }

    /// <summary>Ends one hold; when it was the last, those who wait ask again.</summary>
    /// <exception cref="InvalidOperationException">Nobody holds. Nothing changed.</exception>
    public void Release()
    {
        if (_holds == 0)
        {
            throw new InvalidOperationException("Nobody holds the run; release once for each hold that succeeded.");
        }

        _holds--;
    }

    /// <summary>The host wants to measure the loss: Cut follows at once, or when the round under way is complete.</summary>
    public void RequestCut()
    {
        if (_isFinishing || _isCutWished || _commands.Any(command => command.Kind == RunCommandKind.Cut))
        {
            return;
        }

        if (_plan.IsSynchronous && !_leases.IsBetweenRounds)
        {
            _isCutWished = true;
        }
        else
        {
            Announce(new(RunCommandKind.Cut));
        }
    }

    private TicketVerdict Repeated(int worker, WorkerSeat seat, long sequence, double norm, out TicketGrant grant)
    {
        grant = TicketGrant.None;
        if (seat.Open.Sequence != sequence)
        {
            return TicketVerdict.Fenced; // overtaken: nobody waits for the answer any more
        }

        // A ticket that was taken before the gradient: its norm is known now, and nothing was pushed yet.
        if (_overlaps && double.IsNaN(seat.Open.Norm))
        {
            seat.Open = seat.Open with { Norm = norm };
        }

        if (_overlaps && !IsCleared(seat.Open))
        {
            return TicketVerdict.Held;
        }

        // Its keeper may be another one by now.
        if (HasKeepers && _keepers[worker].Keeper.State == MemberState.Starting)
        {
            return TicketVerdict.Held;
        }

        grant = Kept(worker, seat.Open.Grant);
        return TicketVerdict.Given;
    }

    // A view of the newest round contains no ticket from its first one on: pushes of those wait until every view is there. A
    // slot that is computed again does not wait, because its worker may be the one whose view is missing.
    private bool IsCleared(in OpenTicket open)
    {
        long first = _roundTickets.FirstOf(_leases.RoundsOpened - 1);
        return first < 0 || open.Ticket < first || IsNewestRoundTicketed
            || open.Grant.RoundTicket != _roundTickets.FirstOf(open.Lease.Round);
    }

    private TicketGrant Give(int worker, WorkerSeat seat, in OpenTicket asked)
    {
        long ticket = _nextTicket++;
        TicketGrant grant = Retained(worker, new TicketGrant(ticket, RoundTicketOf(ticket, asked.Lease)), asked.Lease);
        seat.Sequence = asked.Sequence;

        // A round's view has what the rounds before it brought, however many tickets of its own were closed when it was pulled.
        long floor = _keepsRounds ? Math.Min(asked.ViewFloor, _roundTickets.FirstOf(asked.Lease.Round)) : asked.ViewFloor;
        seat.Open = asked with { Grant = grant, ViewFloor = floor };
        seat.IsOpen = true;
        seat.IsOffered = false;
        seat.ViewFloor = _closed.Watermark;
        _ticketSamples.Note(ticket, asked.Lease.Epoch, asked.Start, asked.End);
        if (!asked.Lease.IsFlush)
        {
            _gate.Took(worker, ticket, asked.Norm);
        }

        Totals = Totals with { Tickets = _nextTicket };
        return grant;
    }

    // A slot that is computed again may be so at a view that contains the rest of its round: it is a step of its own then.
    private long RoundTicketOf(long ticket, in Lease lease)
    {
        if (!_plan.IsSynchronous)
        {
            return ticket;
        }

        bool isFirst = _roundTickets.Note(lease.Round, lease.Slot, ticket);
        if (_keepsRounds)
        {
            return isFirst || !IsSlotHadSomewhere(lease) ? _roundTickets.FirstOf(lease.Round) : ticket;
        }

        if (isFirst && !lease.IsFlush && lease.Round != _roundMixed)
        {
            return _roundTickets.FirstOf(lease.Round);
        }

        MixNewestRound();
        return ticket;
    }

    // Views that are pulled from now on may say that they contain a ticket which is not before their round.
    private void MixNewestRound()
    {
        long newest = _leases.RoundsOpened - 1;
        if (_overlaps && newest >= 0 && _roundTickets.FirstOf(newest) >= 0 && !IsNewestRoundTicketed)
        {
            _roundMixed = newest;
        }
    }

    private void Close(int worker, WorkerSeat seat)
    {
        if (seat.IsOpen)
        {
            seat.IsOpen = false;
            Close(worker, seat.Open);
        }
    }

    private void Close(int worker, in OpenTicket open)
    {
        _closed.Add(open.Ticket);
        if (!open.Lease.IsFlush)
        {
            _gate.Closed(worker, open.Ticket);
        }
    }

    private void Announce(RunCommand boundary)
    {
        _boundaries++;
        _commands.Enqueue(boundary);
    }

    private static bool IsBoundary(RunCommandKind kind) => kind is RunCommandKind.Evaluate or RunCommandKind.Cut;
}
