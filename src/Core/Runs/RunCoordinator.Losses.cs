using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Runs;

/// <content>What a loss costs: tickets in doubt, updates that are gone, contributions that are computed again.</content>
public sealed partial class RunCoordinator
{
    // Tickets of lost workers whose fences are under way; one a lost life at most.
    private readonly Dictionary<long, Doubt> _doubtful = [];

    // Tickets that a restored shard lacks and was not told of: it has to be once it serves.
    private readonly HashSet<long> _unfenced = [];

    // Tickets that the shards are being told to settle, and how often; the run ends when they have.
    private readonly Dictionary<long, int> _settling = [];

    // Tickets that no shard has, and those that only some have: one a lost life of a worker.
    private readonly HashSet<long> _void = [];
    private readonly Dictionary<long, bool[]> _partial = [];

    // What lost shards took along: in all, and by shard.
    private readonly HashSet<long> _lost = [];
    private readonly HashSet<long>[] _lostBy;
    private readonly HashSet<long> _roundsLost = [];

    // Reports: what every shard said, had only by those that said so each time; a shard that dies may lose the ticket.
    private sealed class Doubt(OpenTicket open, int worker, int incarnation)
    {
        private FenceReport[] _reports = [];

        public OpenTicket Open => open;

        public int Worker => worker;

        public int Incarnation => incarnation;

        public int FencesUnderWay { get; set; } = 1;

        /// <summary>True when a shard that died may have had it, and the ledger was told so.</summary>
        public bool MayBeLost { get; set; }

        /// <summary>True when a shard that died may have had it while its worker lived to offer it again.</summary>
        public bool WasOffered { get; init; }

        public FenceReport[] Reports => _reports;

        public void Add(ReadOnlySpan<FenceReport> reports)
        {
            if (_reports.Length == 0)
            {
                _reports = reports.ToArray();
                return;
            }

            for (int shard = 0; shard < _reports.Length; shard++)
            {
                FenceReport known = _reports[shard];
                FenceReport seen = double.IsNaN(known.NormSquared) ? reports[shard] : known;
                _reports[shard] = known.HadApplied && reports[shard].HadApplied ? seen : default;
            }
        }
    }

    /// <summary>Every shard refuses the old lives of a worker now, or has settled a ticket.</summary>
    /// <param name="ticket">The ticket of the command; −1 for none.</param>
    /// <param name="reports">What each shard said of it, by number; may be empty for ticket −1.</param>
    public void WorkerFenced(long ticket, ReadOnlySpan<FenceReport> reports)
    {
        if (ticket < 0)
        {
            return;
        }

        if (reports.Length != _shards.Length)
        {
            throw new ArgumentException(
                $"Fences of ticket {ticket} have {reports.Length} reports, but there are {_shards.Length} shards.", nameof(reports));
        }

        if (!_doubtful.TryGetValue(ticket, out Doubt? doubt))
        {
            if (_settling.TryGetValue(ticket, out int count))
            {
                Settled(ticket, count, reports);
            }

            return;
        }

        doubt.FencesUnderWay--;
        doubt.Add(reports);
        if (doubt.FencesUnderWay > 0 || _unfenced.Contains(ticket))
        {
            FenceAgain();
            return;
        }

        _doubtful.Remove(ticket);
        Resolve(doubt);
        Advance();
    }

    /// <summary>
    /// Completes the tickets of a slice that a shard's new life starts from, and counts the updates that are gone.
    /// </summary>
    /// <param name="shard">The shard.</param>
    /// <param name="incarnation">Its new life.</param>
    /// <param name="settled">
    /// Tickets in the slice. On return also those that are gone, so that the shard does not wait for them; tickets
    /// still on their way to the shard stay out.
    /// </param>
    /// <param name="version">
    /// Version of the slice; on return the version to start at. It is higher when a synchronous run has no one left who
    /// could repeat the rounds in between.
    /// </param>
    /// <param name="updatesGone">Updates that are gone from this shard.</param>
    /// <param name="replayed">Tickets in the slice that keepers have added to it, ascending; null for none.</param>
    /// <param name="isWhole">True when the shard's last life has handed the slice over: what is not in it was never in that life.</param>
    /// <returns>False when this life is not wanted any more; then nothing was counted, and it must not be started.</returns>
    public bool TryRestoreShard(
        int shard, int incarnation, TicketSet settled, ref long version, out int updatesGone, long[]? replayed = null, bool isWhole = false)
    {
        ArgumentNullException.ThrowIfNull(settled);
        bool isWanted = IsPresent(_shards[shard], incarnation);
        updatesGone = isWanted ? Restore(shard, incarnation, settled, ref version, replayed ?? [], isWhole) : 0;
        return isWanted;
    }

    private int Restore(int shard, int incarnation, TicketSet settled, ref long version, long[] replayed, bool isWhole)
    {
        int gone = _keepsRounds ? SkipRounds(ref version) : 0;
        var lost = new SortedSet<long>();
        HashSet<long> open = [.. _seats.Where(seat => seat.IsOpen).Select(seat => seat.Open.Ticket)];
        HashSet<long> onTheirWay = OnTheirWay(version);
        if (_keepsRounds)
        {
            onTheirWay.UnionWith(RestoreClaims(shard, settled, version));
        }
        else
        {
            MixNewestRound();
            RestoreDoubts(shard, settled, lost, isWhole);
            foreach (WorkerSeat seat in _seats.Where(seat => seat.IsOpen && !settled.Contains(seat.Open.Ticket)))
            {
                seat.IsOffered |= !isWhole;
            }
        }

        for (long ticket = settled.Watermark; ticket < _nextTicket; ticket++)
        {
            if (onTheirWay.Contains(ticket) || !settled.Add(ticket) || open.Contains(ticket) || !WasApplied(ticket, shard))
            {
                continue;
            }

            _lostBy[shard].Add(ticket);
            NoteLost(ticket);
            lost.Add(ticket);
            if (!_keepsRounds && !_partial.ContainsKey(ticket))
            {
                gone++;
                Totals = Totals with { UpdatesLost = Totals.UpdatesLost + (_lost.Add(ticket) ? 1 : 0) };
            }
        }

        long[] exceptions = new long[settled.ExceptionCount];
        settled.CopyExceptionsTo(exceptions);
        _facts.Enqueue(new LedgerFact(LedgerFactKind.Restore)
        {
            Shard = shard,
            Incarnation = incarnation,
            Version = version,
            Watermark = settled.Watermark,
            Exceptions = exceptions,
            Lost = [.. lost],
            Replayed = replayed,
        });
        return gone;
    }

    // What the shard's last life, or one before, may have had: that this one has not is a loss, of nothing in some cases.
    private void RestoreDoubts(int shard, TicketSet settled, SortedSet<long> lost, bool isWhole)
    {
        foreach ((long ticket, Doubt doubt) in _doubtful)
        {
            if (settled.Contains(ticket))
            {
                continue;
            }

            _unfenced.Add(ticket);
            bool wasRefused = doubt.Reports.Length > 0 && !doubt.Reports[shard].HadApplied;
            if (!wasRefused && !isWhole)
            {
                lost.Add(ticket);
                _lostBy[shard].Add(ticket); // the ledger was told, so nobody is to complete it there
                doubt.MayBeLost = true;
            }
        }
    }

    /// <summary>Whether an update that a keeper has may be given to a new life of a shard: nobody was told that it is not in x there.</summary>
    public bool MayReplay(long ticket, int shard) =>
        ticket < _nextTicket
        && !_void.Contains(ticket)
        && !(_partial.TryGetValue(ticket, out bool[]? applied) && !applied[shard])
        && !_lostBy[shard].Contains(ticket)
        && _claims.Find(claim => claim.Open.Ticket == ticket)?.IsHad(shard) != false;

    private bool WasApplied(long ticket, int shard) =>
        !_void.Contains(ticket)
        && !(_partial.TryGetValue(ticket, out bool[]? applied) && !applied[shard])
        && !_lostBy[shard].Contains(ticket)
        && !IsClaimed(ticket);

    private HashSet<long> OnTheirWay(long version)
    {
        var tickets = new HashSet<long>(_doubtful.Keys);
        for (int worker = 0; worker < _seats.Length; worker++)
        {
            // A round that is complete takes nothing more, and whoever repeats a slot of it may have been told so already.
            WorkerSeat seat = _seats[worker];
            bool isComplete = _keepsRounds && seat.Open.Lease.Round < version;
            if (seat.IsOpen && !isComplete)
            {
                tickets.Add(seat.Open.Ticket);
            }
        }

        return tickets;
    }

    // Carried: what the worker's rule and codec hold back goes on with its next life.
    private void ReturnLease(int worker, int incarnation, bool isCarried)
    {
        WorkerSeat seat = _seats[worker];
        int heldBy = seat.HoldsFor(incarnation);
        _seats[worker] = new WorkerSeat { CarriedFrom = isCarried ? heldBy : 0 };
        _keepers[worker].ViewFloor = -1;
        if ((seat.HasBegun || seat.CarriedFrom > 0) && !isCarried)
        {
            _facts.Enqueue(new LedgerFact(LedgerFactKind.Retire) { Worker = worker, Incarnation = heldBy, Ticket = _nextTicket });
        }

        _gate.Left(worker);
        _stragglers.Forget(worker);
        bool isDoubtful = seat.IsOpen && !_keepsRounds;
        _commands.Enqueue(new(
            RunCommandKind.FenceWorker, worker, incarnation + 1, "", isDoubtful ? seat.Open.Ticket : -1, Owner: OwnerOf(worker)));
        if (seat.IsOpen)
        {
            // Batches before the open one are in; the open one waits until the shards have said what they have.
            _leases.Split(seat.Open.Lease.Id, seat.Open.End);
            if (isDoubtful)
            {
                _doubtful[seat.Open.Ticket] = new Doubt(seat.Open, worker, incarnation) { WasOffered = seat.IsOffered };
            }
        }
        else if (_leases.HeldBy(worker) is { } lease)
        {
            GiveBack(lease, lease.Id == seat.Open.Lease.Id ? seat.Open.End : lease.Start);
        }

        if (_keepsRounds)
        {
            LeaveClaims(worker, incarnation, seat);
        }
    }

    private void GiveBack(in Lease lease, int usedEnd)
    {
        if (usedEnd == lease.Start)
        {
            _leases.Return(lease.Id);
        }
        else
        {
            _leases.Return(lease.Id, usedEnd);
        }
    }

    private void Resolve(Doubt doubt)
    {
        OpenTicket open = doubt.Open;
        long ticket = open.Ticket;
        bool[] applied = [.. doubt.Reports.Select(report => report.HadApplied)];
        int count = applied.Count(isApplied => isApplied);
        if (count < applied.Length && (doubt.WasOffered || (doubt.MayBeLost && ticket < _cutTicket)))
        {
            Break($"Ticket {ticket} may have been in x, and in views, when it died with a shard and then with worker {doubt.Worker}.");
        }

        if (count == 0)
        {
            _void.Add(ticket);
            _facts.Enqueue(new LedgerFact(LedgerFactKind.Void) { Ticket = ticket });
            Totals = Totals with { TicketsVoid = Totals.TicketsVoid + 1 };
            NoteSamples(open, SampleReason.Void);
            GiveBack(open.Lease, open.Start);
        }
        else
        {
            Orphan(open, doubt.Worker, doubt.Incarnation, doubt.Reports, applied);
            _leases.Return(open.Lease.Id, open.End);
        }

        if (count is > 0 && count < applied.Length)
        {
            _partial[ticket] = applied;
            NoteSamples(open, SampleReason.Partial);
            Totals = Totals with { UpdatesPartial = Totals.UpdatesPartial + 1 };
        }

        if (count < applied.Length)
        {
            MixNewestRound();
            Settle(ticket, round: -1, owner: -1, incarnationMin: 0);
        }

        Close(doubt.Worker, open);
    }

    // Nobody will push the ticket to the shards that lack it.
    private void Settle(long ticket, long round, int owner, int incarnationMin)
    {
        _settling[ticket] = _settling.GetValueOrDefault(ticket) + 1;
        _commands.Enqueue(new(
            RunCommandKind.FenceWorker, Incarnation: incarnationMin, Ticket: ticket, Round: round, Owner: owner));
    }

    private void Settle(RoundClaim claim) =>
        Settle(claim.Open.Ticket, claim.Round, OwnerOf(claim.Worker), claim.Incarnation + 1);

    private int OwnerOf(int worker) => HasKeepers ? worker : -1;

    private void Settled(long ticket, int count, ReadOnlySpan<FenceReport> reports)
    {
        if (count > 1)
        {
            _settling[ticket] = count - 1;
        }
        else
        {
            _settling.Remove(ticket);
        }

        ClaimReported(ticket, reports, isLast: count == 1 && !_unfenced.Contains(ticket));
        Advance();
    }

    private void FenceAgain()
    {
        if (_unfenced.Count == 0 || IsRestoring)
        {
            return;
        }

        foreach (long ticket in _unfenced.Order())
        {
            if (_doubtful.TryGetValue(ticket, out Doubt? doubt))
            {
                doubt.FencesUnderWay++;
                _commands.Enqueue(new(
                    RunCommandKind.FenceWorker, doubt.Worker, doubt.Incarnation + 1, "", ticket, Owner: OwnerOf(doubt.Worker)));
            }
            else if (_claims.Find(claim => claim.Open.Ticket == ticket) is { } claim)
            {
                // What is decided stays so: then nobody is to complete it.
                Settle(ticket, claim.Round, claim.IsReported ? -1 : OwnerOf(claim.Worker), claim.Incarnation + 1);
            }
        }

        _unfenced.Clear();
    }
}
