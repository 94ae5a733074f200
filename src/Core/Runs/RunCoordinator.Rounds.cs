using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Runs;

/// <content>Where shards keep rounds: which update fills which slot in which shard.</content>
/// <remarks>
/// <para>A live worker retains its updates of the two newest rounds and offers them to every life of a shard that lacks them. A
/// lost one retains nothing: every shard says whether it has its updates, and refuses them if not. Only a slot that some
/// shard lacks is computed again, and that update then fills it exactly there.</para>
/// <para>Nothing can be computed again two rounds later; then the ledger is told.</para>
/// </remarks>
public sealed partial class RunCoordinator
{
    /// <summary>Rounds of which slots may be computed again: the newest two.</summary>
    private const int RoundsRepeated = 2;

    private readonly List<RoundClaim> _claims = [];

    // Shared by the facts of all ordinary contributions; nobody writes to it.
    private readonly bool[] _everywhere;

    private bool IsClaimInDoubt => _claims.Exists(claim => !claim.IsRetained && !claim.IsReported);

    private bool IsClaimed(long ticket) => _claims.Exists(claim => claim.Open.Ticket == ticket && !claim.IsFinal);

    private bool IsSlotHadSomewhere(Lease lease) => _claims.Exists(claim =>
        claim.Round == lease.Round && claim.Slot == lease.Slot && claim.IsHadSomewhere(_shards.Length));

    // The two newest rounds are retained by live workers or computed again; a slice without the ones before
    // comes up only when everybody who had a newer one is lost.
    private int SkipRounds(ref long version)
    {
        int gone = 0;
        long versionMin = Math.Max(0, _leases.RoundsOpened - RoundsRepeated);
        for (; version < versionMin; version++)
        {
            gone += _leases.SlotsOf(version);
            NoteRoundLost(version);
            Totals = Totals with
            {
                UpdatesLost = Totals.UpdatesLost + (_roundsLost.Add(version) ? _leases.SlotsOf(version) : 0),
            };
        }

        return gone;
    }

    // A life of a worker is over: its open update becomes a claim too, although the ledger has no row of it.
    private void LeaveClaims(int worker, int incarnation, WorkerSeat seat)
    {
        if (seat.IsOpen)
        {
            _claims.Add(new RoundClaim(seat.Open, worker, incarnation) { HasRow = false });
        }

        foreach (RoundClaim claim in _claims.Where(claim => claim.Worker == worker && claim.IsRetained))
        {
            claim.IsRetained = false;
            Settle(claim);
        }
    }

    // Where keepers may complete the update, a shard that came back meanwhile is asked again, and the last answer counts with the others.
    private void ClaimReported(long ticket, ReadOnlySpan<FenceReport> reports, bool isLast)
    {
        RoundClaim? claim = _claims.Find(claim => claim.Open.Ticket == ticket);
        if (claim is null || claim.IsReported)
        {
            return;
        }

        if (HasKeepers && !isLast)
        {
            claim.Hear(reports);
            return;
        }

        claim.Report(reports);
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            if (claim.IsLostIn(shard))
            {
                BreakIfSeen(claim, shard);
            }
        }

        if (!claim.HasRow && !claim.IsResolved)
        {
            claim.IsResolved = true;
            Close(claim.Worker, claim.Open);
            ResolveSlot(claim);
        }

        Reconsider(claim);
        SettleRounds(_isFinishing ? long.MaxValue : _leases.RoundsOpened - RoundsRepeated);
    }

    private void ResolveSlot(RoundClaim claim)
    {
        if (IsFilled(claim.Round, claim.Slot))
        {
            _leases.Return(claim.Open.Lease.Id, claim.Open.End);
        }
        else
        {
            NoteRepeated(claim.Open);
            _leases.Return(claim.Open.Lease.Id);
        }
    }

    // Somebody has to compute the slot again when nobody retains it and a shard lacks it.
    private void Reconsider(RoundClaim claim)
    {
        List<RoundClaim> same = ClaimsOf(claim.Round, claim.Slot);
        if (same.Exists(one => one.IsRetained || !one.IsReported) || IsFilled(claim.Round, claim.Slot))
        {
            return;
        }

        bool isGone = !same.Exists(one => one.IsHadSomewhere(_shards.Length));
        int samples = _leases.ReopenSlot(claim.Round, claim.Slot, isGone);
        Totals = Totals with { SamplesRepeated = Totals.SamplesRepeated + Math.Max(0, samples) };
        if (samples >= 0 && same.Exists(one => one.IsFinal))
        {
            Break($"Slot {claim.Slot} of round {claim.Round} is computed again after the ledger was told that it is in.");
        }
    }

    private List<RoundClaim> ClaimsOf(long round, int slot) => _claims.FindAll(claim => claim.Round == round && claim.Slot == slot);

    private bool IsFilled(long round, int slot)
    {
        List<RoundClaim> same = ClaimsOf(round, slot);
        for (int shard = 0; shard < _shards.Length; shard++)
        {
            if (!same.Exists(claim => claim.IsHad(shard) == true))
            {
                return false;
            }
        }

        return true;
    }

    // A new life of a shard starts without the rounds from this version on. What lost workers had pushed for them is gone from it.
    private List<long> RestoreClaims(int shard, TicketSet settled, long version)
    {
        List<long> ahead = [.. _claims.Where(claim => claim.Round >= version).Select(claim => claim.Open.Ticket)];
        foreach (RoundClaim claim in _claims.ToArray())
        {
            if (claim.Round >= version && claim.IsRetained)
            {
                claim.Offer(shard, _shards.Length);
            }
            else if (claim.Round >= version && HasKeepers && !claim.IsFinal && claim.TryAskAgain(shard, _shards.Length))
            {
                _unfenced.Add(claim.Open.Ticket);
            }
            else if (claim.Round >= version)
            {
                LoseClaim(claim, shard);
            }
            else if (!claim.IsRetained && claim.IsHad(shard) is null)
            {
                DecideClaim(claim, shard, settled);
            }
        }

        return ahead;
    }

    private void LoseClaim(RoundClaim claim, int shard)
    {
        bool mayHave = claim.IsHad(shard) != false;
        claim.Decide(shard, _shards.Length, isHad: false);
        _unfenced.Add(claim.Open.Ticket);
        if (mayHave)
        {
            BreakIfSeen(claim, shard);
        }

        if (claim.IsReported)
        {
            Reconsider(claim);
        }
    }

    // The round after it was begun or the loss measured, perhaps with what is gone now, and nobody can say.
    private void BreakIfSeen(RoundClaim claim, int shard)
    {
        if (claim.Round < _leases.RoundsOpened - 1 || claim.Open.Ticket < _cutTicket)
        {
            Break(
                $"Shard {shard} died with round {claim.Round}, of which it may have had ticket {claim.Open.Ticket} of worker " +
                $"{claim.Worker}, who is gone as well.");
        }
    }

    // The slice says which tickets are settled. When one of a slot is, it fills it; of two, one came too late.
    private void DecideClaim(RoundClaim claim, int shard, TicketSet settled)
    {
        bool isHad = settled.Contains(claim.Open.Ticket);
        claim.Decide(shard, _shards.Length, isHad);
        if (isHad && ClaimsOf(claim.Round, claim.Slot)
            .Exists(one => one != claim && one.IsHad(shard) != false && settled.Contains(one.Open.Ticket)))
        {
            Break($"Shard {shard} died before it said which update fills slot {claim.Slot} of round {claim.Round}.");
        }
    }

    // Tells the ledger of all rounds before this one, as far as every shard has been heard.
    private void SettleRounds(long roundEnd)
    {
        foreach (IGrouping<(long, int), RoundClaim> slot in _claims
            .Where(claim => claim.Round < roundEnd && !claim.IsFinal)
            .GroupBy(claim => (claim.Round, claim.Slot))
            .OrderBy(slot => slot.Key)
            .ToArray())
        {
            SettleSlot([.. slot.OrderBy(claim => claim.Open.Ticket)]);
        }

        _claims.RemoveAll(claim => claim.IsFinal && claim.Round < _leases.RoundsOpened - RoundsRepeated);
    }

    private void SettleSlot(RoundClaim[] claims)
    {
        if (Array.Exists(claims, claim => !claim.IsRetained && !claim.IsReported))
        {
            return;
        }

        bool[] isFilled = new bool[_shards.Length];
        foreach (RoundClaim claim in claims)
        {
            bool[] applied = claims.Length == 1 && claim.IsRetained ? _everywhere : new bool[_shards.Length];
            for (int shard = 0; shard < applied.Length && applied != _everywhere; shard++)
            {
                applied[shard] = !isFilled[shard] && (claim.IsRetained || claim.IsHad(shard) == true);
                isFilled[shard] |= applied[shard];
            }

            SettleClaim(claim, applied);
        }

        if (claims is not [{ IsRetained: true }] && Array.Exists(isFilled, isIn => !isIn))
        {
            Break($"Nobody knows what fills slot {claims[0].Slot} of round {claims[0].Round} in every shard.");
        }
    }

    private void SettleClaim(RoundClaim claim, bool[] applied)
    {
        long ticket = claim.Open.Ticket;
        claim.IsFinal = true;
        if (!applied.Contains(true))
        {
            _void.Add(ticket);
            _facts.Enqueue(new LedgerFact(LedgerFactKind.Void) { Ticket = ticket });
            return;
        }

        if (applied.Contains(false))
        {
            _partial[ticket] = applied;
        }

        if (claim.HasRow)
        {
            _facts.Enqueue(new LedgerFact(LedgerFactKind.Settle) { Ticket = ticket, Applied = applied });
        }
        else
        {
            Orphan(claim.Open, claim.Worker, claim.Incarnation, claim.Reports, applied);
        }
    }
}
