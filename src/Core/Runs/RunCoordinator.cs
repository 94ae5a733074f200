using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Runs;

/// <summary>Decides for one run: who lives where, who gets which samples and tickets, and what a loss cost.</summary>
/// <remarks>
/// <para>Events in, commands out, like the worker's machine. Lives are numbered: a member that is lost gets the next
/// incarnation on another silo, and whatever its old life still sends is refused by the number.</para>
/// <para>A ticket is open from the moment it is given until its worker asks for the next one or commits its lease,
/// because a worker does neither before every shard has answered. So at most one ticket a worker is ever in doubt.</para>
/// <para>What only it knows and the ledger must is put out as facts, in order, beside the commands: the host takes them with
/// <see cref="TryNextFact"/> after every event, before the commands. Nothing that moves x is left out.</para>
/// </remarks>
public sealed partial class RunCoordinator
{
    private readonly RunPlan _plan;
    private readonly int _samples;
    private LeaseTable _leases;
    private readonly Member[] _shards;
    private readonly Member[] _workers;
    private readonly WorkerSeat[] _seats;
    private readonly IStepGate _gate;

    // What shards do with a push: keep it for its round (bsp), or apply it at once (all others).
    private readonly bool _keepsRounds;
    private readonly bool _overlaps;

    // A step whose view must be no older than its beginning is begun with a pull.
    private readonly bool _isAlwaysFresh;
    private readonly RoundTickets _roundTickets;
    private readonly TicketSet _closed = new();
    private readonly Queue<LedgerFact> _facts = new();
    private readonly Queue<RunCommand> _commands = new();
    private readonly HashSet<string> _silosLeft = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _silos = [];

    // Those of them that take new members.
    private IReadOnlyList<string> _silosOpen = [];
    private long _nextTicket;
    private int _epochsEvaluated;
    private bool _isFinishing;

    /// <param name="plan">A plan without mistakes.</param>
    /// <param name="samples">Samples of one epoch.</param>
    /// <param name="retainedMax">Updates of one worker that may be unsafe at a time, at least 2; 0 where nobody keeps any.</param>
    public RunCoordinator(RunPlan plan, int samples, int retainedMax = 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (retainedMax is < 0 or 1)
        {
            throw new ArgumentOutOfRangeException(nameof(retainedMax), retainedMax, "Use 2 or more, or 0 to keep nothing.");
        }

        _retainedMax = retainedMax;
        _plan = plan;
        _samples = samples;
        _keepsRounds = plan.Mode == RunPlan.Bsp;
        _overlaps = plan.Mode == RunPlan.VarianceBounded;
        _isAlwaysFresh = plan.Mode is not (RunPlan.Async or RunPlan.Bsp);
        _leases = LeasesOf(plan, samples);
        _gate = StepGates.Create(plan);
        _stragglers = new StragglerWatch(plan.Workers);
        _shards = new Member[plan.Shards];
        _workers = new Member[plan.Workers];
        _seats = [.. _workers.Select(_ => new WorkerSeat())];
        _keepers = [.. _workers.Select(_ => new KeeperSeat())];
        _roundTickets = new RoundTickets(plan.IsSynchronous ? plan.Workers : 0);
        _lostBy = [.. _shards.Select(_ => new HashSet<long>())];
        _everywhere = new bool[plan.Shards];
        Array.Fill(_everywhere, true);
    }

    /// <summary>The shards, by number.</summary>
    public ReadOnlySpan<Member> Shards => _shards;

    /// <summary>The workers, by number.</summary>
    public ReadOnlySpan<Member> Workers => _workers;

    /// <summary>Counts every change of the roster.</summary>
    public int Generation { get; private set; }

    /// <summary>True when every shard serves and every worker computes or has finished.</summary>
    public bool IsWhole =>
        _shards.All(shard => shard.State == MemberState.Live) &&
        _workers.Take(WorkersWanted).All(worker => worker.State is MemberState.Live or MemberState.Finished);

    /// <summary>
    /// The version every shard has once the model is whole: the rounds opened where shards keep rounds, 0 in others. The
    /// evaluation that Finish asks for must wait for it, because a shard may still be catching up.
    /// </summary>
    public long VersionWhole => _keepsRounds ? _leases.RoundsOpened : 0;

    /// <summary>What the plan's mode says of steps; <see cref="StepGates.AdaptiveIn"/> finds the one that wants to see finalised tickets.</summary>
    public IStepGate Gate => _gate;

    /// <summary>Workers whose loop runs.</summary>
    public int WorkersLive => _workers.Count(worker => worker.State == MemberState.Live);

    /// <summary>What the run has done so far.</summary>
    public RunTotals Totals { get; private set; } = new();

    private bool IsRestoring => _shards.Any(shard => shard.State != MemberState.Live);

    /// <summary>Takes the next command; false when there is none until an event arrives.</summary>
    public bool TryNext(out RunCommand command)
    {
        bool isThere = _commands.TryDequeue(out command);
        _boundaries -= isThere && IsBoundary(command.Kind) ? 1 : 0;
        return isThere;
    }

    /// <summary>Takes the next fact for the ledger; false when there is none.</summary>
    public bool TryNextFact(out LedgerFact fact) => _facts.TryDequeue(out fact);

    /// <summary>The live silos are these. Members of silos that are gone are lost; members without a silo are placed.</summary>
    /// <param name="silos">Sorted; may be empty for a moment.</param>
    public void SilosChanged(IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(silos);
        bool isJoined = _silos.Count > 0 && silos.Except(_silos).Any();
        _silosLeft.UnionWith(_silos.Except(silos));
        _silos = silos;
        OpenSilos();
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            if (_workers[worker].Silo is { } silo && !silos.Contains(silo))
            {
                WorkerLost(worker, _workers[worker].Incarnation);
            }
        }

        for (int shard = 0; shard < _shards.Length; shard++)
        {
            if (_shards[shard].Silo is { } silo && !silos.Contains(silo))
            {
                ShardLost(shard, _shards[shard].Incarnation);
            }
        }

        PlaceAbsent();
        Drain(); // a silo that began to leave while it was the only one can do so now
        _isBalanceDue |= isJoined;
        Balance();
        NoteWhole();
    }

    /// <summary>A life of a shard has its parameters and serves.</summary>
    /// <param name="silo">Where it came up: the silo it was meant for, unless an activation was elsewhere already.</param>
    public void ShardStarted(int shard, int incarnation, string silo)
    {
        if (!IsPresent(_shards[shard], incarnation))
        {
            return;
        }

        if (_silosLeft.Contains(silo))
        {
            ShardLost(shard, incarnation); // the news of its start was overtaken by that of its end
            return;
        }

        _shards[shard] = new Member(silo, incarnation, MemberState.Live);
        PlaceAbsent();
        FenceAgain();
        Advance();
        Drain();
        Balance();
        NoteWhole();
    }

    /// <summary>A life of a shard is gone, or never came up.</summary>
    public void ShardLost(int shard, int incarnation)
    {
        if (!IsPresent(_shards[shard], incarnation))
        {
            return;
        }

        bool wasLive = _shards[shard].State == MemberState.Live;
        _shards[shard] = new Member(null, incarnation, MemberState.Absent);
        Totals = Totals with { ShardsLost = Totals.ShardsLost + (wasLive ? 1 : 0) };
        Generation++;
        PlaceAbsent();
        NoteWhole();
    }

    /// <summary>A life of a worker is computing.</summary>
    /// <param name="silo">Where it came up.</param>
    public void WorkerStarted(int worker, int incarnation, string silo)
    {
        if (_silosLeft.Contains(silo))
        {
            WorkerLost(worker, incarnation);
        }
        else if (IsPresent(_workers[worker], incarnation))
        {
            MemberState state = _workers[worker].State == MemberState.Finished ? MemberState.Finished : MemberState.Live;
            _workers[worker] = new Member(silo, incarnation, state);
            PlaceKeepers();
            Drain();
            Balance();
            NoteWhole();
        }
    }

    /// <summary>A life of a worker is gone, or never came up. What it had leased and not used goes to the others.</summary>
    public void WorkerLost(int worker, int incarnation)
    {
        if (!IsPresent(_workers[worker], incarnation))
        {
            return;
        }

        bool wasLive = _workers[worker].State == MemberState.Live;
        _workers[worker] = new Member(null, incarnation, MemberState.Absent);
        Totals = Totals with { WorkersLost = Totals.WorkersLost + (wasLive ? 1 : 0) };
        Generation++;
        ReturnLease(worker, incarnation, isCarried: false);
        PlaceAbsent();
        NoteWhole();
    }

    /// <summary>A worker has used its lease, if it held one, and asks for the next.</summary>
    /// <param name="committed">The lease it has used up; −1 when it held none.</param>
    public LeaseVerdict LeaseAsked(int worker, int incarnation, long committed, out Lease lease)
    {
        lease = default;
        if (!IsPresent(_workers[worker], incarnation))
        {
            return LeaseVerdict.Fenced;
        }

        // Who asks is up, even when the answer of its silo has not arrived yet.
        _workers[worker] = _workers[worker] with { State = MemberState.Live };
        if (committed >= 0)
        {
            Commit(worker, committed);
        }

        // What a new life of a shard starts from is collected from the workers that compute. One that has not begun must
        // not begin meanwhile: it might push to the life that is given up, and nobody would hear of it.
        WorkerSeat seat = _seats[worker];
        if (seat.IsLeaving && seat.HasBegun && !_leases.IsFinished)
        {
            if (MayLeave(worker))
            {
                return Leave(worker, incarnation);
            }

            // A snapshot is on its way. In a synchronous run it comes when the round is complete, for which the worker may be needed. Who holds a lease
            // already computes, and this question was repeated.
            if (!_plan.IsSynchronous && (seat.IsStale || _leases.HeldBy(worker) is null))
            {
                _gate.Left(worker);
                return LeaseVerdict.Wait;
            }
        }

        if (!seat.HasBegun && IsRestoring)
        {
            return LeaseVerdict.Wait;
        }

        seat.HasBegun = true;

        // The answer to an earlier question may not have arrived: it is given again.
        if (_leases.HeldBy(worker) is { } held)
        {
            lease = Resumed(worker, seat, held);
            return LeaseVerdict.Granted;
        }

        LeaseVerdict verdict = NextLease(worker, seat, ref lease);
        if (verdict == LeaseVerdict.Finished && _workers[worker].State != MemberState.Finished)
        {
            _workers[worker] = _workers[worker] with { State = MemberState.Finished };
            _gate.Left(worker);
        }

        return verdict;
    }

    // Nobody waits for anybody's flush, so the gate has no say in them.
    private LeaseVerdict NextLease(int worker, WorkerSeat seat, ref Lease lease)
    {
        bool isStep = !_leases.IsFinished && !_leases.IsFlushing;
        long rounds = _leases.RoundsOpened;
        bool mayBegin = !isStep || _gate.MayBegin(worker);
        if (mayBegin && isStep)
        {
            ShareTail(worker);
        }

        LeaseVerdict verdict = mayBegin
            ? _leases.Ask(worker, MayOpenRound, out lease, _stragglers.BatchesFor(worker, _plan.LeaseBatches))
            : LeaseVerdict.Wait;
        if (_leases.RoundsOpened > rounds)
        {
            SettleRounds(_leases.RoundsOpened - RoundsRepeated);
        }

        if (verdict != LeaseVerdict.Granted)
        {
            if (isStep && mayBegin)
            {
                _gate.Left(worker); // it has nothing to do for now, and nobody is to wait for it
            }

            seat.HasWaited |= verdict == LeaseVerdict.Wait;
            return verdict;
        }

        if (isStep)
        {
            _gate.Began(worker);
        }

        seat.IsFresh = !_keepsRounds && (_isAlwaysFresh || seat.HasWaited);
        seat.HasWaited = false;
        if (seat.IsFresh || seat.ViewFloor < 0)
        {
            seat.ViewFloor = _closed.Watermark;
        }

        lease = lease with { IsFresh = seat.IsFresh };
        return verdict;
    }

    private Lease Resumed(int worker, WorkerSeat seat, Lease held)
    {
        if (_keepsRounds && !seat.IsOpen && _leases.HasEarlier(held.Round))
        {
            // Its round cannot begin before that slot is in, and the others may all wait for the same.
            _leases.Return(held.Id);
            _leases.Ask(worker, mayOpenRound: false, out held);
        }

        if (seat.IsStale)
        {
            // Under another name, so that a late repetition of the question that was stale gets no ticket.
            held = _leases.Renew(held.Id);
            seat.IsStale = false;
            seat.IsFresh = true;
            seat.ViewFloor = _closed.Watermark;
        }

        return held with { IsFresh = seat.IsFresh };
    }

    private void Commit(int worker, long id)
    {
        if (!_leases.Commit(id, worker))
        {
            return; // an earlier question with this commit arrived, but its answer did not
        }

        WorkerSeat seat = _seats[worker];
        if (_keepsRounds && seat.IsOpen)
        {
            _claims.Add(new RoundClaim(seat.Open, worker, _workers[worker].Incarnation));
        }

        Close(worker, seat);
        seat.Open = OpenTicket.None;
        Advance();
    }

    // Shards first, then workers: a worker without its shards could only wait.
    private void PlaceAbsent()
    {
        if (_silosOpen.Count == 0)
        {
            return;
        }

        // A shard that dies during the last evaluation must come back; workers only while there is something to compute.
        Place(_shards, RunCommandKind.StartShard, _shards.Length);
        if (!_leases.IsFinished && _shards.All(shard => shard.State == MemberState.Live || IsComingBack(shard)))
        {
            Place(_workers, RunCommandKind.StartWorker, WorkersWanted);
        }

        PlaceKeepers();
    }

    private void Place(Member[] members, RunCommandKind command, int count)
    {
        string[] silos = Placement.Spread([.. members.Take(count).Select(member => member.Silo)], _silosOpen);
        for (int i = 0; i < count; i++)
        {
            if (members[i].State == MemberState.Absent)
            {
                members[i] = new Member(silos[i], members[i].Incarnation + 1, MemberState.Starting);
                Generation++;
                _commands.Enqueue(new(command, i, members[i].Incarnation, silos[i]));
            }
        }
    }

    private void Advance()
    {
        Totals = Totals with
        {
            SamplesUsed = Math.Max(Totals.SamplesUsed, _leases.SamplesUsed),
            EpochsClosed = Math.Max(Totals.EpochsClosed, _leases.EpochsClosed),
        };

        // Epochs that close together are evaluated at one place, and each has its own account of samples.
        while (_epochsEvaluated < Math.Min(_leases.EpochsClosed, _plan.Epochs - 1))
        {
            _epochsEvaluated++;
            Announce(new(RunCommandKind.Evaluate, _epochsEvaluated));
        }

        if (_leases.IsFinished && _settling.Count == 0 && _unfenced.Count == 0)
        {
            Finish();
        }

        SecureLeaving();
        NoteWhole();
        if (_isCutWished && !_isFinishing && _leases.IsBetweenRounds)
        {
            _isCutWished = false;
            Announce(new(RunCommandKind.Cut));
        }
    }

    // A slot may be computed again even after that, when those who had it are lost before the result is read.
    private void Finish()
    {
        SettleRounds(long.MaxValue);
        if (!_isFinishing)
        {
            _isFinishing = true;
            _commands.Enqueue(new(RunCommandKind.Finish));
        }
    }

    private static LeaseTable LeasesOf(RunPlan plan, int samples)
    {
        int step = (int)Math.Min(samples, (long)plan.Batch * plan.LocalSteps);
        bool isFlushed = plan.Codec.HoldsBack;
        return plan.Mode switch
        {
            RunPlan.Bsp => LeaseTable.Synchronous(samples, plan.Epochs, step, plan.Workers, isFlushed),
            RunPlan.VarianceBounded =>
                LeaseTable.Overlapping(samples, plan.Epochs, step, plan.Workers, plan.Quorum, isFlushed),

            // A gate decides of every step, so there a lease is one.
            _ => LeaseTable.Asynchronous(
                samples, plan.Epochs, step, plan.Mode == RunPlan.Async && plan.Assignment == RunPlan.Pure ? plan.LeaseBatches : 1,
                isFlushed ? plan.Workers : 0),
        };
    }

    private static bool IsComingBack(in Member shard) => shard.State == MemberState.Starting && shard.Incarnation > 1;

    private static bool IsPresent(in Member member, int incarnation) =>
        member.Incarnation == incarnation && member.State != MemberState.Absent;
}
