using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <summary>Decides for one run: who lives where, who gets which samples and tickets, and what a loss cost.</summary>
/// <remarks>
/// <para>Events in, commands out, like the worker's machine. Lives are numbered: a member that is lost gets the next
/// incarnation on another silo, and whatever its old life still sends is refused by the number.</para>
/// <para>A ticket is open from the moment it is given until its worker asks for the next one or commits its lease,
/// because a worker does neither before every shard has answered. So at most one ticket a worker is ever in doubt.</para>
/// </remarks>
public sealed partial class RunCoordinator
{
    private readonly RunPlan _plan;
    private readonly LeaseTable _leases;
    private readonly Member[] _shards;
    private readonly Member[] _workers;
    private readonly OpenTicket[] _open;
    private readonly long[] _sequences;
    private readonly bool[] _hasBegun;
    private readonly Queue<RunCommand> _commands = new();
    private readonly HashSet<string> _silosLeft = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _silos = [];
    private long _nextTicket;
    private int _epochsEvaluated;
    private bool _isFinishing;

    private readonly record struct OpenTicket(long Ticket, long Sequence, long Lease, int Start, int End)
    {
        public static readonly OpenTicket None = new(-1, -1, -1, 0, 0);
    }

    /// <param name="plan">A plan without mistakes.</param>
    /// <param name="samples">Samples of one epoch.</param>
    public RunCoordinator(RunPlan plan, int samples)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        _leases = plan.IsSynchronous
            ? LeaseTable.Synchronous(samples, plan.Epochs, plan.Batch, plan.Workers)
            : LeaseTable.Asynchronous(samples, plan.Epochs, plan.Batch, plan.LeaseBatches);
        _shards = new Member[plan.Shards];
        _workers = new Member[plan.Workers];
        _open = new OpenTicket[plan.Workers];
        Array.Fill(_open, OpenTicket.None);
        _sequences = new long[plan.Workers];
        Array.Fill(_sequences, -1);
        _hasBegun = new bool[plan.Workers];
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
        _workers.All(worker => worker.State is MemberState.Live or MemberState.Finished);

    /// <summary>
    /// The version every shard has once the model is whole: the rounds opened in a synchronous run, 0 in others. The
    /// evaluation that Finish asks for must wait for it, because a shard may still be catching up.
    /// </summary>
    public long VersionWhole => _leases.RoundsOpened;

    /// <summary>Workers whose loop runs.</summary>
    public int WorkersLive => _workers.Count(worker => worker.State == MemberState.Live);

    /// <summary>What the run has done so far.</summary>
    public RunTotals Totals { get; private set; } = new();

    private bool IsRestoring => _shards.Any(shard => shard.State != MemberState.Live);

    /// <summary>Takes the next command; false when there is none until an event arrives.</summary>
    public bool TryNext(out RunCommand command) => _commands.TryDequeue(out command);

    /// <summary>The live silos are these. Members of silos that are gone are lost; members without a silo are placed.</summary>
    /// <param name="silos">Sorted; may be empty for a moment.</param>
    public void SilosChanged(IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(silos);
        _silosLeft.UnionWith(_silos.Except(silos));
        _silos = silos;
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
        ReturnLease(worker, incarnation);
        PlaceAbsent();
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
        if (!_hasBegun[worker] && IsRestoring)
        {
            return LeaseVerdict.Wait;
        }

        _hasBegun[worker] = true;

        // The answer to an earlier question may not have arrived: it is given again.
        if (_leases.HeldBy(worker) is { } held)
        {
            lease = held;
            return LeaseVerdict.Granted;
        }

        LeaseVerdict verdict = _leases.Ask(worker, out lease);
        if (verdict == LeaseVerdict.Finished)
        {
            _workers[worker] = _workers[worker] with { State = MemberState.Finished };
        }

        return verdict;
    }

    /// <summary>Gives the next ticket to a worker for one batch of its lease; −1 when this life is over.</summary>
    /// <param name="sequence">Number of the worker's update: asked again, it gets the same ticket.</param>
    /// <param name="lease">The lease the batch is part of.</param>
    /// <param name="start">First position of the batch.</param>
    /// <param name="end">One past its last position.</param>
    public long TicketAsked(int worker, int incarnation, long sequence, long lease, int start, int end)
    {
        if (!IsPresent(_workers[worker], incarnation))
        {
            return -1;
        }

        if (sequence <= _sequences[worker])
        {
            // Repeated; or overtaken, and then nobody waits for the answer any more.
            return _open[worker].Sequence == sequence ? _open[worker].Ticket : -1;
        }

        _sequences[worker] = sequence;
        long ticket = _nextTicket++;
        _open[worker] = new OpenTicket(ticket, sequence, lease, start, end);
        Totals = Totals with { Tickets = _nextTicket };
        return ticket;
    }

    private void Commit(int worker, long id)
    {
        Lease? held = _leases.HeldBy(worker);
        if (!_leases.Commit(id, worker))
        {
            return; // an earlier question with this commit arrived, but its answer did not
        }

        if (_plan.IsSynchronous && _open[worker].Ticket >= 0)
        {
            _contributions.RemoveAll(one => one.Round < _leases.RoundsOpened - 2);
            _contributions.Add(new(worker, _open[worker].Ticket, held!.Value.Round));
        }

        _open[worker] = OpenTicket.None;
        Advance();
    }

    // Shards first, then workers: a worker without its shards could only wait.
    private void PlaceAbsent()
    {
        if (_silos.Count == 0)
        {
            return;
        }

        // A shard that dies during the last evaluation must come back; workers only while there is something to compute.
        Place(_shards, RunCommandKind.StartShard);
        if (!_leases.IsFinished && _shards.All(shard => shard.State == MemberState.Live || IsComingBack(shard)))
        {
            Place(_workers, RunCommandKind.StartWorker);
        }
    }

    private void Place(Member[] members, RunCommandKind command)
    {
        string[] silos = Placement.Spread([.. members.Select(member => member.Silo)], _silos);
        for (int i = 0; i < members.Length; i++)
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
        if (_leases.IsFinished && _settling.Count == 0 && !_isFinishing)
        {
            _isFinishing = true;
            _commands.Enqueue(new(RunCommandKind.Finish));
        }
        else if (_leases.EpochsClosed > _epochsEvaluated && !_leases.IsFinished)
        {
            _epochsEvaluated = _leases.EpochsClosed;
            _commands.Enqueue(new(RunCommandKind.Evaluate, _epochsEvaluated));
        }
    }

    private static bool IsComingBack(in Member shard) => shard.State == MemberState.Starting && shard.Incarnation > 1;

    private static bool IsPresent(in Member member, int incarnation) =>
        member.Incarnation == incarnation && member.State != MemberState.Absent;
}
