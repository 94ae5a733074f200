using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Membership;

namespace OrleansSgd.Core.Runs;

/// <content>What a loss costs: tickets in doubt, updates that are gone, contributions that are computed again.</content>
public sealed partial class RunCoordinator
{
    // Tickets of lost workers whose fences are under way; one a lost life at most.
    private readonly Dictionary<long, Doubt> _doubtful = [];

    // Doubtful tickets that a restored shard lacks: it has to be fenced as well once it serves.
    private readonly HashSet<long> _unfenced = [];

    // Tickets that the shards are being told to settle; the run ends when they have.
    private readonly HashSet<long> _settling = [];

    // Tickets counted as void or partial, and as lost: one a lost life of a worker, or what a lost shard took along.
    private readonly HashSet<long> _broken = [];
    private readonly HashSet<long> _lost = [];
    private readonly HashSet<long> _roundsLost = [];

    // Synchronous runs: the committed tickets of the two newest rounds, which their workers retain.
    private readonly List<Contribution> _contributions = [];

    // Applied: the fewest shards that any of the fences found to have the ticket; a shard that dies may lose it.
    private readonly record struct Doubt(OpenTicket Open, int Worker, int IncarnationMin, int FencesUnderWay, int Applied);

    private readonly record struct Contribution(int Worker, long Ticket, long Round);

    /// <summary>Every shard refuses the old lives of a worker now, or has settled a ticket.</summary>
    /// <param name="ticket">The ticket of the command; −1 for none.</param>
    /// <param name="shardsApplied">Shards that had applied it.</param>
    public void WorkerFenced(long ticket, int shardsApplied)
    {
        if (!_doubtful.TryGetValue(ticket, out Doubt doubt))
        {
            if (_settling.Remove(ticket))
            {
                Advance();
            }

            return;
        }

        doubt = doubt with
        {
            FencesUnderWay = doubt.FencesUnderWay - 1,
            Applied = Math.Min(doubt.Applied, shardsApplied),
        };
        if (doubt.FencesUnderWay > 0 || _unfenced.Contains(ticket))
        {
            _doubtful[ticket] = doubt;
            FenceAgain();
            return;
        }

        _doubtful.Remove(ticket);
        if (doubt.Applied == 0)
        {
            Settle(ticket);
            Totals = Totals with { TicketsVoid = Totals.TicketsVoid + 1 };
            _leases.Return(doubt.Open.Lease, doubt.Open.Start);
        }
        else
        {
            if (doubt.Applied < _shards.Length)
            {
                Settle(ticket);
                Totals = Totals with { UpdatesPartial = Totals.UpdatesPartial + 1 };
            }

            _leases.Return(doubt.Open.Lease, doubt.Open.End);
        }

        Advance();
    }

    /// <summary>
    /// Completes the tickets of a slice that a shard's new life starts from, and counts the updates that are gone.
    /// </summary>
    /// <param name="settled">
    /// Tickets in the slice. On return also those that are gone, so that the shard does not wait for them; tickets
    /// still on their way to the shard stay out.
    /// </param>
    /// <param name="version">
    /// Version of the slice; on return the version to start at. It is higher when a synchronous run has no one left who
    /// could repeat the rounds in between.
    /// </param>
    /// <param name="updatesGone">Updates that are gone from this shard.</param>
    /// <returns>False when this life is not wanted any more; then nothing was counted, and it must not be started.</returns>
    public bool TryRestoreShard(int shard, int incarnation, TicketSet settled, ref long version, out int updatesGone)
    {
        ArgumentNullException.ThrowIfNull(settled);
        bool isWanted = IsPresent(_shards[shard], incarnation);
        updatesGone = isWanted ? Restore(settled, ref version) : 0;
        return isWanted;
    }

    private int Restore(TicketSet settled, ref long version)
    {
        int gone = 0;
        if (_plan.IsSynchronous)
        {
            // The two newest rounds are retained by live workers or computed again; a slice without the ones before
            // comes up only when everybody who had a newer one is lost.
            long versionMin = Math.Max(0, _leases.RoundsOpened - 2);
            for (; version < versionMin; version++)
            {
                gone += _leases.SlotsOf(version);
                Totals = Totals with
                {
                    UpdatesLost = Totals.UpdatesLost + (_roundsLost.Add(version) ? _leases.SlotsOf(version) : 0),
                };
            }
        }

        HashSet<long> onTheirWay = OnTheirWay(version);
        _unfenced.UnionWith(_doubtful.Keys.Where(ticket => !settled.Contains(ticket)));
        for (long ticket = settled.Watermark; ticket < _nextTicket; ticket++)
        {
            if (!onTheirWay.Contains(ticket) && settled.Add(ticket) && !_plan.IsSynchronous && !_broken.Contains(ticket))
            {
                gone++;
                Totals = Totals with { UpdatesLost = Totals.UpdatesLost + (_lost.Add(ticket) ? 1 : 0) };
            }
        }

        return gone;
    }

    private HashSet<long> OnTheirWay(long version)
    {
        var tickets = new HashSet<long>(_doubtful.Keys);
        for (int worker = 0; worker < _open.Length; worker++)
        {
            // A round that is complete takes nothing more, and whoever repeats a slot of it may have been told so already.
            bool isComplete = _plan.IsSynchronous && _leases.HeldBy(worker) is { } held && held.Round < version;
            if (_open[worker].Ticket >= 0 && !isComplete)
            {
                tickets.Add(_open[worker].Ticket);
            }
        }

        tickets.UnionWith(_contributions.Where(one => one.Round >= version).Select(one => one.Ticket));
        return tickets;
    }

    private void ReturnLease(int worker, int incarnation)
    {
        OpenTicket open = _open[worker];
        _open[worker] = OpenTicket.None;
        _sequences[worker] = -1;
        _hasBegun[worker] = false;
        if (_leases.HeldBy(worker) is { } lease)
        {
            if (open.Lease == lease.Id && !_plan.IsSynchronous)
            {
                // Batches before the open one are in; the open one waits until the shards have said what they have.
                _leases.Split(lease.Id, open.End);
                _doubtful[open.Ticket] = new Doubt(open, worker, incarnation + 1, 1, int.MaxValue);
            }
            else
            {
                _leases.Return(lease.Id, lease.Start);
            }
        }

        bool isDoubtful = _doubtful.ContainsKey(open.Ticket);
        _commands.Enqueue(new(RunCommandKind.FenceWorker, worker, incarnation + 1, "", isDoubtful ? open.Ticket : -1));
        if (_plan.IsSynchronous)
        {
            ReopenContributions(worker, open.Ticket);
        }
    }

    // Nobody retains what a lost worker pushed, and a shard may die before it has applied it: it is computed again. A
    // shard that has it ignores the repetition; one that has not must not wait for the old ticket.
    private void ReopenContributions(int worker, long openTicket)
    {
        int samples = _leases.ReopenSlots(worker, _leases.RoundsOpened - 2);
        Totals = Totals with { SamplesRepeated = Totals.SamplesRepeated + samples };
        foreach (Contribution one in _contributions.Where(one => one.Worker == worker))
        {
            Settle(one.Ticket);
        }

        _contributions.RemoveAll(one => one.Worker == worker);
        if (openTicket >= 0)
        {
            Settle(openTicket);
        }
    }

    // Nobody will push the ticket to the shards that lack it.
    private void Settle(long ticket)
    {
        _broken.Add(ticket);
        _settling.Add(ticket);
        _commands.Enqueue(new(RunCommandKind.FenceWorker, Ticket: ticket));
    }

    private void FenceAgain()
    {
        if (_unfenced.Count == 0 || !_shards.All(shard => shard.State == MemberState.Live))
        {
            return;
        }

        foreach (long ticket in _unfenced.Where(_doubtful.ContainsKey).Order())
        {
            Doubt doubt = _doubtful[ticket];
            _doubtful[ticket] = doubt with { FencesUnderWay = doubt.FencesUnderWay + 1 };
            _commands.Enqueue(new(RunCommandKind.FenceWorker, doubt.Worker, doubt.IncarnationMin, "", ticket));
        }

        _unfenced.Clear();
    }
}
