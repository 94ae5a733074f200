using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <content>What became of every sample, and what is done about workers that are slow.</content>
public sealed partial class RunCoordinator
{
    // Which samples the newest tickets are made of.
    private readonly TicketSamples _ticketSamples = new();

    private readonly StragglerWatch _stragglers;

    /// <summary>Workers that are slow against the others, ascending.</summary>
    public IReadOnlyCollection<int> WorkersSlow => _stragglers.Slow;

    /// <summary>Lost updates whose samples are not known any more: older than the newest <see cref="TicketSamples.CountMax"/> tickets.</summary>
    public long UpdatesUnplaced { get; private set; }

    /// <summary>How often the samples of an epoch were used, and why if not once.</summary>
    /// <param name="epoch">Which pass over the data, from 0.</param>
    /// <param name="isOver">True when the run has ended.</param>
    public EpochSamples SamplesOf(int epoch, bool isOver = false) => _leases.Account.Of(epoch, isOver);

    /// <summary>The same of all epochs together.</summary>
    public SampleTotals SamplesInAll(bool isOver = false) => _leases.Account.InAll(isOver);

    /// <summary>A worker took so long for a step of its own, waiting for others not included.</summary>
    /// <param name="worker">Who.</param>
    /// <param name="incarnation">Its life; nothing is learnt from one that is over.</param>
    /// <param name="seconds">How long; NaN when not known.</param>
    /// <param name="ratio">Its time a step over the median; NaN while it is not known.</param>
    /// <returns>True when the worker was found slow just now: its leases are shorter from now on.</returns>
    public bool StepTimed(int worker, int incarnation, double seconds, out double ratio)
    {
        bool isNews = IsPresent(_workers[worker], incarnation) && _stragglers.StepTaken(worker, seconds);
        ratio = _stragglers.RatioOf(worker);
        return isNews;
    }

    /// <summary>The update of a ticket is gone from a shard, and nobody can replay it.</summary>
    private void NoteLost(long ticket)
    {
        if (_keepsRounds)
        {
            return; // there a round is lost, and not a ticket: a slot may have several
        }

        if (_ticketSamples.TryFind(ticket, out int epoch, out SampleRange range))
        {
            _leases.Account.Mark(epoch, range.Start, range.End, SampleReason.Lost);
        }
        else
        {
            UpdatesUnplaced++;
        }
    }

    // A shard comes up without the round, and nobody can repeat it.
    private void NoteRoundLost(long round)
    {
        (int epoch, SampleRange range) = _leases.SamplesOf(round);
        _leases.Account.Mark(epoch, range.Start, range.End, SampleReason.Lost);
    }

    // The slot of a dead worker is computed again; some shard may have its update.
    private void NoteRepeated(in OpenTicket open)
    {
        if (IsSlotHadSomewhere(open.Lease))
        {
            _leases.Account.Repeated(open.Lease.Epoch, open.Start, open.End);
        }
        else
        {
            NoteSamples(open, SampleReason.Void);
        }
    }

    private void NoteSamples(in OpenTicket open, SampleReason reason) =>
        _leases.Account.Mark(open.Lease.Epoch, open.Start, open.End, reason);

    // An epoch cannot end because a slow worker holds the last of it: whoever comes next gets what that worker has not begun.
    private void ShareTail(int asker)
    {
        if (_stragglers.Slow.Count == 0 || !_leases.IsTail || _stragglers.IsSlow(asker))
        {
            return;
        }

        int slowest = -1;
        double secondsLeft = 0;
        foreach (int worker in _stragglers.Slow)
        {
            double left = _leases.HeldBy(worker) is { } held ? _stragglers.RatioOf(worker) * (held.End - UsedEnd(worker, held)) : 0;
            if (left > secondsLeft)
            {
                (slowest, secondsLeft) = (worker, left);
            }
        }

        if (slowest >= 0 && _leases.HeldBy(slowest) is { } lease)
        {
            _leases.TryShorten(slowest, UsedEnd(slowest, lease));
        }
    }

    // What lies before has a ticket.
    private int UsedEnd(int worker, in Lease held) =>
        _seats[worker].Open is { Ticket: >= 0 } open && open.Lease.Id == held.Id ? open.End : held.Start;
}
