using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <content>Moves that nothing is lost by: away from a silo that leaves, and to one that has joined.</content>
/// <remarks>
/// A shard moves at once: its old life stops serving and hands its slice over; whoever pushes meanwhile comes again. A worker moves at its next
/// question, once nothing depends on what it has seen and retains: it commits what it has used, the rest of its lease goes to the others, and its next
/// life goes on with what its rule and codec hold back.
/// </remarks>
public sealed partial class RunCoordinator
{
    // And the ticket from which on nobody keeps anything there.
    private readonly Dictionary<string, long> _silosLeaving = new(StringComparer.Ordinal);
    private bool _isBalanceDue;

    /// <summary>
    /// A silo is going to leave: nothing new is placed there, and what lives there moves, as long as there is another silo. It may be told before anybody
    /// said that the silo has come.
    /// </summary>
    public void SiloLeaving(string silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        if (!_silosLeft.Contains(silo) && _silosLeaving.TryAdd(silo, _nextTicket) && _silos.Count > 0)
        {
            OpenSilos();
            PlaceAbsent();
            Drain();
            NoteWhole();
        }
    }

    /// <summary>
    /// True when nothing would be missed with a silo: no shard lives there or is meant to, and no worker that still has something to compute, all that moved
    /// away have arrived, and no update is kept nowhere else.
    /// </summary>
    public bool IsClearOf(string silo) =>
        _silosLeft.Contains(silo)
        || (!_shards.Any(shard => shard.Silo == silo || shard.From == silo)
            && !_workers.Any(worker => (worker.Silo == silo && worker.State != MemberState.Finished) || worker.From == silo)
            && (!_silosLeaving.TryGetValue(silo, out long end) || IsKeptWithout(silo, end)));

    /// <summary>What a worker's old life held back could not be handed over: its next life begins with nothing.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="incarnation">Its old life.</param>
    public void ResidualGone(int worker, int incarnation)
    {
        if (_workers[worker].Incarnation != incarnation + 1 || _seats[worker].CarriedFrom == 0)
        {
            return; // its next life is over as well, and the ledger was told then
        }

        _facts.Enqueue(new LedgerFact(LedgerFactKind.Retire)
        {
            Worker = worker,
            Incarnation = _seats[worker].CarriedFrom,
            Ticket = _nextTicket,
        });
        _seats[worker].CarriedFrom = 0;
    }

    // The last silos cannot leave their members to others.
    private void OpenSilos()
    {
        foreach (string gone in _silosLeaving.Keys.Where(_silosLeft.Contains).ToArray())
        {
            _silosLeaving.Remove(gone);
        }

        _silosOpen = _silosLeaving.Count == 0 ? _silos : [.. _silos.Where(silo => !_silosLeaving.ContainsKey(silo))];
    }

    // A member that is just starting moves once it is up.
    private void Drain()
    {
        Shrink();
        if (_silosLeaving.Count == 0 || _silosOpen.Count == 0)
        {
            return;
        }

        for (int shard = 0; shard < _shards.Length; shard++)
        {
            if (_shards[shard] is { State: MemberState.Live, Silo: { } silo } && _silosLeaving.ContainsKey(silo))
            {
                MoveShard(shard, Lightest(_shards));
            }
        }

        for (int worker = 0; worker < _workers.Length; worker++)
        {
            if (_workers[worker] is { State: MemberState.Live, Silo: { } silo } && _silosLeaving.ContainsKey(silo))
            {
                _seats[worker].IsLeaving = true;
            }
        }

        SecureLeaving();
    }

    private void SecureLeaving()
    {
        if (_silosLeaving.Count > 0 && _holds == 0 && !_silosLeaving.All(one => IsKeptWithout(one.Key, one.Value)))
        {
            RequestCut();
        }
    }

    // The keepers of a silo that leaves are replaced at once, but the new ones have only what their workers hand over from then on. Who has finished there
    // does not move, but what it retains may be needed yet.
    private bool IsKeptWithout(string silo, long end)
    {
        if (!HasKeepers)
        {
            return true;
        }

        bool isKept = _snapshotTicket >= end;
        for (int worker = 0; worker < _workers.Length && isKept; worker++)
        {
            isKept = _workers[worker].Silo != silo || _workers[worker].State != MemberState.Finished || IsKeptWithout(worker);
        }

        return isKept;
    }

    // As few as possible, from the fullest silo to the emptiest; not while something is missing, since what is missing goes to the emptiest anyway.
    private void Balance()
    {
        if (!_isBalanceDue || _silosOpen.Count < 2 || !IsWhole || _leases.IsFinished)
        {
            return;
        }

        _isBalanceDue = false;
        foreach ((int shard, string silo) in Placement.Balance([.. _shards.Select(shard => shard.Silo)], _silosOpen))
        {
            MoveShard(shard, silo);
        }

        foreach ((int worker, _) in Placement.Balance([.. _workers.Select(worker => worker.Silo)], _silosOpen))
        {
            _seats[worker].IsLeaving = _workers[worker].State == MemberState.Live;
        }
    }

    private string Lightest(Member[] members) => _silosOpen.MinBy(silo => members.Count(member => member.Silo == silo))!;

    private void MoveShard(int shard, string silo)
    {
        Member old = _shards[shard];
        _shards[shard] = new Member(silo, old.Incarnation + 1, MemberState.Starting) { From = old.Silo };
        Generation++;
        _commands.Enqueue(new(RunCommandKind.StartShard, shard, old.Incarnation + 1, silo, From: old.Incarnation));
    }

    // Every update of it has been answered by every shard: that is what its question says.
    private LeaseVerdict Leave(int worker, int incarnation)
    {
        if (worker >= WorkersWanted)
        {
            return Park(worker, incarnation);
        }

        ReturnLease(worker, incarnation, isCarried: true);
        string silo = Lightest(_workers);
        _workers[worker] = new Member(silo, incarnation + 1, MemberState.Starting) { From = _workers[worker].Silo };
        Generation++;
        _commands.Enqueue(new(RunCommandKind.StartWorker, worker, incarnation + 1, silo, From: incarnation));
        PlaceKeepers();
        NoteWhole();
        return LeaseVerdict.Leave;
    }
}
