using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <content>Who keeps the updates that only one silo has, and from when on an update is safe.</content>
/// <remarks>
/// <para>An update is safe when views of workers on two silos contain it, in every shard, or a snapshot that the host holds does: then no loss of a
/// single silo takes it along. Until then its worker retains it, and its keeper on another silo does.</para>
/// <para>Retention is bounded: a worker with too many updates that are not safe gets no ticket, and the host is asked for a snapshot.</para>
/// </remarks>
public sealed partial class RunCoordinator
{
    /// <summary>Keepers of a worker, the newest ones, that may still have what one of its lost lives pushed; nobody asks the ones before.</summary>
    public const int KeepersRemembered = 3;

    // Workers whose views one ticket may look through.
    private const int WorkersLooked = 8;

    private readonly int _retainedMax;
    private readonly KeeperSeat[] _keepers;
    private long _safe;
    private long _snapshotTicket;
    private long _safeDue;

    /// <summary>Every update below this ticket survives the loss of any one silo; 0 where nothing is kept.</summary>
    public long Safe => _safe;

    private bool HasKeepers => _retainedMax > 0;

    /// <summary>Keepers that may have updates of a worker, by number, the newest first.</summary>
    public IEnumerable<int> KeepersOf(int worker)
    {
        int newest = HasKeepers ? _keepers[worker].Keeper.Incarnation : 0;
        for (int keeper = newest; keeper > Math.Max(0, newest - KeepersRemembered); keeper--)
        {
            yield return keeper;
        }
    }

    /// <summary>A keeper is up and takes updates.</summary>
    /// <param name="worker">Whose keeper.</param>
    /// <param name="keeper">Its number.</param>
    /// <param name="silo">Where it came up: the silo it was meant for, unless somebody had asked it before. Beside its worker it is of no use.</param>
    public void KeeperStarted(int worker, int keeper, string silo)
    {
        KeeperSeat seat = _keepers[worker];
        if (silo == _workers[worker].Silo)
        {
            KeeperLost(worker, keeper);
        }
        else if (IsPresent(seat.Keeper, keeper))
        {
            seat.Keeper = new Member(silo, keeper, MemberState.Live);
            PlaceKeepers();
            NoteWhole();
        }
    }

    /// <summary>A keeper is gone, or never came up.</summary>
    public void KeeperLost(int worker, int keeper)
    {
        KeeperSeat seat = _keepers[worker];
        if (IsPresent(seat.Keeper, keeper))
        {
            seat.Keeper = new Member(null, keeper, MemberState.Absent);
            PlaceKeepers();
            NoteWhole();
        }
    }

    /// <summary>The host holds x as it is just before a ticket, where a new life of any shard can start from it.</summary>
    public void SnapshotKept(long ticket)
    {
        _snapshotTicket = Math.Max(_snapshotTicket, ticket);
        Secure();
    }

    // A keeper on the silo of its worker, or on none, keeps nothing from being lost.
    private void PlaceKeepers()
    {
        if (!HasKeepers)
        {
            return;
        }

        for (int worker = 0; worker < _keepers.Length; worker++)
        {
            KeeperSeat seat = _keepers[worker];
            string? home = _workers[worker].Silo;
            bool isGood = seat.Keeper.Silo is { } silo && silo != home && _silosOpen.Contains(silo);
            if (home is null || isGood || _workers[worker].State == MemberState.Finished)
            {
                continue;
            }

            string? chosen = KeeperPlacement.Choose(worker, home, _silosOpen);
            int number = seat.Keeper.Incarnation;
            seat.Keeper = chosen is null
                ? new Member(null, number, MemberState.Absent)
                : new Member(chosen, number + 1, MemberState.Starting);
            if (chosen is not null)
            {
                _commands.Enqueue(new(RunCommandKind.StartKeeper, worker, number + 1, chosen));
            }
        }
    }

    // No ticket while the keeper is on its way, or while too many updates would be gone with one silo.
    private bool MayRetain(int worker)
    {
        if (!HasKeepers)
        {
            return true;
        }

        KeeperSeat seat = _keepers[worker];
        if (seat.Keeper.State == MemberState.Starting)
        {
            return false;
        }

        // A round that is under way has to be completed before x can be read: there the limit counts when the next one opens.
        if (_plan.IsSynchronous || HasRoom(seat))
        {
            return true;
        }

        RequestCut();
        return false;
    }

    private bool MayRetainRound()
    {
        if (!HasKeepers || Array.TrueForAll(_keepers, HasRoom))
        {
            return true;
        }

        RequestCut();
        return false;
    }

    private bool HasRoom(KeeperSeat seat)
    {
        if (IsBelowLimit(seat))
        {
            return true;
        }

        Secure();
        return IsBelowLimit(seat);
    }

    private bool IsBelowLimit(KeeperSeat seat)
    {
        Forget(seat);
        return seat.Unsafe.Count < _retainedMax || seat.Keeper.State == MemberState.Absent;
    }

    // A ticket that is not closed yet is not over with its frames: its row of the ledger may still be nowhere but with them.
    private void NoteView(int worker, WorkerSeat seat, long viewed)
    {
        if (!_keepsRounds)
        {
            _keepers[worker].ViewFloor = Math.Max(seat.ViewFloor, Math.Min(viewed, _closed.Watermark));
        }
    }

    private TicketGrant Retained(int worker, in TicketGrant grant, in Lease lease)
    {
        if (!HasKeepers)
        {
            return grant;
        }

        // Who computes for a round has the rounds before it in its view.
        KeeperSeat seat = _keepers[worker];
        seat.ViewFloor = _keepsRounds ? Math.Max(seat.ViewFloor, _roundTickets.FirstOf(lease.Round)) : seat.ViewFloor;
        seat.Unsafe.Enqueue(grant.Ticket);
        if (grant.Ticket >= _safeDue)
        {
            Secure();
        }

        return Kept(worker, grant);
    }

    private TicketGrant Kept(int worker, in TicketGrant grant)
    {
        Member keeper = _keepers[worker].Keeper;
        return HasKeepers ? grant with { Keeper = keeper.State == MemberState.Live ? keeper.Incarnation : 0, Safe = _safe } : grant;
    }

    // A move is no fault, so one may come right after it: what the worker takes along, its view and what it retains, must not be missed then.
    private bool MayLeave(int worker)
    {
        if (IsKeptWithout(worker))
        {
            return true;
        }

        if (_holds == 0)
        {
            RequestCut();
        }

        return false;
    }

    private bool IsKeptWithout(int worker)
    {
        long without = HasKeepers ? Math.Max(_snapshotTicket, SafeByViews(worker)) : long.MaxValue;
        return _safe <= without && _keepers[worker].Unsafe.LastOrDefault(-1) < without;
    }

    private void Forget(KeeperSeat seat)
    {
        while (seat.Unsafe.TryPeek(out long oldest) && oldest < _safe)
        {
            seat.Unsafe.Dequeue();
        }
    }

    // O(workers): with each ticket while they are few, else once for some tickets. The sooner an update is safe, the sooner its memory is used again.
    private void Secure()
    {
        _safeDue = _nextTicket + (_workers.Length / WorkersLooked);
        long safe = Math.Max(_safe, _snapshotTicket);
        _safe = Math.Max(safe, SafeByViews());
    }

    // The worker that is left out, if any, does not count.
    private long SafeByViews(int leftOut = -1)
    {
        string? silo = null;
        long highest = -1;
        long second = -1;
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            long floor = _workers[worker].State == MemberState.Live && worker != leftOut ? _keepers[worker].ViewFloor : -1;
            string? home = _workers[worker].Silo;
            if (home == silo)
            {
                highest = Math.Max(highest, floor);
            }
            else if (floor > highest)
            {
                (silo, second, highest) = (home, highest, floor);
            }
            else
            {
                second = Math.Max(second, floor);
            }
        }

        return Math.Max(0, second);
    }
}
