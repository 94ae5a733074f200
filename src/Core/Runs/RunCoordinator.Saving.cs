using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <content>The run as it is at one ticket, and a coordinator that goes on from there.</content>
/// <remarks>
/// Saved inside a confirmed hold: every shard has every ticket below it and none is in doubt, so a lease is used exactly as far as its worker's newest
/// ticket says. What is leased and not used is left over again. Every life is over for the coordinator that goes on; their numbers are never used again.
/// </remarks>
public sealed partial class RunCoordinator
{
    /// <summary>Everything that is to be remembered of the run at the ticket it is held at.</summary>
    /// <exception cref="InvalidOperationException">The run is not held, or <see cref="TryConfirm"/> did not confirm the hold at this ticket.</exception>
    public SavedRun Save()
    {
        if (_holds == 0 || _cutTicket != _nextTicket)
        {
            throw new InvalidOperationException(
                $"The run is saved inside a confirmed hold, but {(_holds == 0 ? "nobody holds it" : $"ticket {_nextTicket} is not confirmed")}.");
        }

        return new SavedRun
        {
            Ticket = _nextTicket,
            Leases = _leases.Save(UsedEndOf),
            Totals = Totals,
            RosterGeneration = Generation,
            EpochsEvaluated = _epochsEvaluated,
            Rounds = VersionWhole,
            ShardLives = [.. _shards.Select(shard => shard.Incarnation)],
            WorkerLives = [.. _workers.Select(worker => worker.Incarnation)],
            WorkersBegun = [.. _seats.Select(seat => seat.HasBegun && seat.HoldsFor(0) == 0)],
            Facts = [.. FactsUntold(), .. CarriedOn()],
        };
    }

    /// <summary>A coordinator that goes on where another one was saved. Its members are all to be started; nothing else is different.</summary>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="samples">Samples of one epoch.</param>
    /// <param name="saved">What <see cref="Save"/> returned, or <see cref="SavedRun.Nothing"/>.</param>
    /// <param name="generation">Which claim of the job this is: above that of every coordinator before it; 1 or more.</param>
    /// <remarks>
    /// The first facts say what became of the newest rounds, and that all lives of workers are over. Shards come up as after a loss: the host gives them
    /// their slices of the checkpoint with <see cref="TryRestoreShard"/>.
    /// </remarks>
    public static RunCoordinator Resume(RunPlan plan, int samples, SavedRun saved, long generation, int retainedMax = 0)
    {
        ArgumentNullException.ThrowIfNull(saved);
        var run = new RunCoordinator(plan, samples, retainedMax);
        int before = SavedRun.LivesBefore(generation);
        run._nextTicket = saved.Ticket;
        run._closed.Load(saved.Ticket, []);
        run._epochsEvaluated = saved.EpochsEvaluated;
        run.Generation = saved.RosterGeneration;
        if (saved.Leases is { } leases)
        {
            run._leases = LeaseTable.Restore(leases);
        }

        run.Totals = saved.Totals with { Tickets = saved.Ticket, SamplesUsed = run._leases.SamplesUsed, EpochsClosed = run._leases.EpochsClosed };
        Number(run._shards, saved.ShardLives, before);
        Number(run._workers, saved.WorkerLives, before);
        foreach (KeeperSeat seat in run._keepers)
        {
            seat.Keeper = new Member(null, before, MemberState.Absent); // those of before have updates whose tickets are given anew
        }

        run._wholeFrom = -1;
        run.TakeUpRounds(saved.Ticket);
        foreach (LedgerFact fact in saved.Facts)
        {
            run._facts.Enqueue(fact);
        }

        for (int worker = 0; worker < saved.WorkersBegun.Length; worker++)
        {
            if (saved.WorkersBegun[worker])
            {
                run._facts.Enqueue(new LedgerFact(LedgerFactKind.Retire)
                {
                    Worker = worker,
                    Incarnation = saved.WorkerLives[worker],
                    Ticket = saved.Ticket,
                });
            }
        }

        return run;
    }

    private static void Number(Member[] members, int[] lives, int before)
    {
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = new Member(null, Math.Max(before, i < lives.Length ? lives[i] : 0), MemberState.Absent);
        }
    }

    // The newest round is complete: all its slots have had tickets, or the next would wait for them.
    private void TakeUpRounds(long ticket)
    {
        long round = _leases.RoundsOpened - 1;
        for (int slot = 0; round >= 0 && slot < _leases.SlotsOf(round); slot++)
        {
            _roundTickets.Note(round, slot, ticket);
        }
    }

    // What is on its way from one life of a worker to the next would be gone.
    private IEnumerable<LedgerFact> CarriedOn() => _seats
        .Select((seat, worker) => (Worker: worker, From: seat.HoldsFor(0)))
        .Where(one => one.From > 0)
        .Select(one => new LedgerFact(LedgerFactKind.Retire) { Worker = one.Worker, Incarnation = one.From, Ticket = _nextTicket });

    // Every shard has the newest ticket, also when its worker has not asked for the next one yet.
    private int UsedEndOf(long id)
    {
        foreach (WorkerSeat seat in _seats)
        {
            if (seat.Open.Lease.Id == id)
            {
                return seat.Open.End;
            }
        }

        return -1;
    }

    // What the ledger is told two rounds later is sure already: every shard has both rounds. But here it is not told, because a shard that
    // dies yet may take a slot along, which is then computed again.
    private LedgerFact[] FactsUntold()
    {
        LedgerFact[] waiting = [.. _facts];
        _facts.Clear();
        foreach (IGrouping<(long, int), RoundClaim> slot in _claims
            .Where(claim => !claim.IsFinal)
            .GroupBy(claim => (claim.Round, claim.Slot))
            .OrderBy(slot => slot.Key))
        {
            TellSlot([.. slot.OrderBy(claim => claim.Open.Ticket)]);
        }

        LedgerFact[] untold = [.. waiting, .. _facts];
        _facts.Clear();
        foreach (LedgerFact fact in waiting)
        {
            _facts.Enqueue(fact);
        }

        return untold;
    }

    // As SettleSlot, without deciding anything.
    private void TellSlot(RoundClaim[] claims)
    {
        bool[] isFilled = new bool[_shards.Length];
        foreach (RoundClaim claim in claims)
        {
            bool[] applied = new bool[_shards.Length];
            for (int shard = 0; shard < applied.Length; shard++)
            {
                applied[shard] = !isFilled[shard] && (claim.IsRetained || claim.IsHad(shard) == true);
                isFilled[shard] |= applied[shard];
            }

            long ticket = claim.Open.Ticket;
            if (!applied.Contains(true))
            {
                _facts.Enqueue(new LedgerFact(LedgerFactKind.Void) { Ticket = ticket });
            }
            else if (claim.HasRow)
            {
                _facts.Enqueue(new LedgerFact(LedgerFactKind.Settle) { Ticket = ticket, Applied = applied });
            }
            else
            {
                Orphan(claim.Open, claim.Worker, claim.Incarnation, claim.Reports, applied);
            }
        }

        if (Array.Exists(isFilled, isIn => !isIn))
        {
            Break($"Nobody knows what fills slot {claims[0].Slot} of round {claims[0].Round} in every shard.");
        }
    }
}
