using OrleansSgd.Core.Consistency;
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
public sealed class RunCoordinator
{
    private readonly RunPlan _plan;
    private readonly LeaseTable _leases;
    private readonly Member[] _shards;
    private readonly Member[] _workers;
    private readonly OpenTicket[] _open;
    private readonly Dictionary<long, OpenTicket> _doubtful = [];
    private readonly HashSet<long> _lost = [];
    private readonly Queue<RunCommand> _commands = new();
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

    /// <summary>Workers whose loop runs.</summary>
    public int WorkersLive => _workers.Count(worker => worker.State == MemberState.Live);

    /// <summary>What the run has done so far.</summary>
    public RunTotals Totals { get; private set; } = new();

    /// <summary>Takes the next command; false when there is none until an event arrives.</summary>
    public bool TryNext(out RunCommand command) => _commands.TryDequeue(out command);

    /// <summary>The live silos are these. Members of silos that are gone are lost; members without a silo are placed.</summary>
    /// <param name="silos">Sorted; may be empty for a moment.</param>
    public void SilosChanged(IReadOnlyList<string> silos)
    {
        ArgumentNullException.ThrowIfNull(silos);
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
        if (IsPresent(_shards[shard], incarnation))
        {
            _shards[shard] = new Member(silo, incarnation, MemberState.Live);
            PlaceAbsent();
        }
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
        if (IsPresent(_workers[worker], incarnation) && _workers[worker].State == MemberState.Starting)
        {
            _workers[worker] = new Member(silo, incarnation, MemberState.Live);
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

    /// <summary>Every shard refuses the old lives of a worker now.</summary>
    /// <param name="ticket">The ticket its last life left open; −1 for none.</param>
    /// <param name="shardsApplied">Shards that had applied it.</param>
    public void WorkerFenced(long ticket, int shardsApplied)
    {
        if (!_doubtful.Remove(ticket, out OpenTicket open))
        {
            return;
        }

        if (shardsApplied == 0)
        {
            Totals = Totals with { TicketsVoid = Totals.TicketsVoid + 1 };
            _leases.Return(open.Lease, open.Start);
        }
        else
        {
            bool isPartial = shardsApplied < _shards.Length;
            Totals = Totals with { UpdatesPartial = Totals.UpdatesPartial + (isPartial ? 1 : 0) };
            _leases.Return(open.Lease, open.End);
        }

        Advance();
    }

    /// <summary>A worker has used its lease, if it held one, and asks for the next.</summary>
    /// <param name="committed">The lease it has used up; −1 when it held none.</param>
    public LeaseVerdict LeaseAsked(int worker, int incarnation, long committed, out Lease lease)
    {
        lease = default;
        if (!IsPresent(_workers[worker], incarnation) || _workers[worker].State == MemberState.Finished)
        {
            return LeaseVerdict.Fenced;
        }

        if (committed >= 0 && _leases.Commit(committed, worker))
        {
            _open[worker] = OpenTicket.None;
            Advance();
        }

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

        if (_open[worker].Sequence == sequence && _open[worker].Ticket >= 0)
        {
            return _open[worker].Ticket;
        }

        long ticket = _nextTicket++;
        _open[worker] = new OpenTicket(ticket, sequence, lease, start, end);
        Totals = Totals with { Tickets = _nextTicket };
        return ticket;
    }

    /// <summary>
    /// Completes the tickets of a slice that a shard's new life starts from, and counts the updates that are gone.
    /// </summary>
    /// <param name="settled">
    /// Tickets in the slice. On return also those that are gone, so that the shard does not wait for them; tickets
    /// still on their way to the shard stay out.
    /// </param>
    /// <returns>Updates that are gone from this shard.</returns>
    public int ShardRestored(TicketSet settled)
    {
        ArgumentNullException.ThrowIfNull(settled);
        if (_plan.IsSynchronous)
        {
            // Live workers retain what the open round lacks; the slots of lost ones are computed again.
            ReopenSlotsOfAbsent();
            return 0;
        }

        var onTheirWay = new HashSet<long>(_doubtful.Keys);
        onTheirWay.UnionWith(_open.Where(open => open.Ticket >= 0).Select(open => open.Ticket));
        int gone = 0;
        for (long ticket = settled.Watermark; ticket < _nextTicket; ticket++)
        {
            if (!onTheirWay.Contains(ticket) && settled.Add(ticket))
            {
                gone++;
                _lost.Add(ticket);
            }
        }

        Totals = Totals with { UpdatesLost = _lost.Count };
        return gone;
    }

    private void ReturnLease(int worker, int incarnation)
    {
        OpenTicket open = _open[worker];
        _open[worker] = OpenTicket.None;
        bool isDoubtful = false;
        if (_leases.HeldBy(worker) is { } lease)
        {
            isDoubtful = open.Lease == lease.Id && !_plan.IsSynchronous;
            if (isDoubtful)
            {
                // Batches before the open one are in; the open one waits until the shards have said what they have.
                _leases.Split(lease.Id, open.End);
                _doubtful[open.Ticket] = open;
            }
            else
            {
                _leases.Return(lease.Id, lease.Start);
            }
        }

        if (_plan.IsSynchronous)
        {
            Repeat(_leases.ReopenSlots(worker, _leases.RoundsOpened - 1));
        }

        _commands.Enqueue(new(
            RunCommandKind.FenceWorker, worker, incarnation + 1, "", isDoubtful ? open.Ticket : -1));
    }

    private void ReopenSlotsOfAbsent()
    {
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            if (_workers[worker].State != MemberState.Live)
            {
                Repeat(_leases.ReopenSlots(worker, _leases.RoundsOpened - 2));
            }
        }
    }

    private void Repeat(int samples) =>
        Totals = Totals with { SamplesRepeated = Totals.SamplesRepeated + samples };

    // Shards first, then workers: a worker without its shards could only wait.
    private void PlaceAbsent()
    {
        if (_silos.Count == 0 || _isFinishing)
        {
            return;
        }

        Place(_shards, RunCommandKind.StartShard);
        if (!_shards.Any(shard => shard.State == MemberState.Absent) && _shards.All(shard => shard.Incarnation > 1 || shard.State == MemberState.Live))
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
        Totals = Totals with { SamplesUsed = _leases.SamplesUsed, EpochsClosed = _leases.EpochsClosed };
        if (_leases.IsFinished && !_isFinishing)
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

    private static bool IsPresent(in Member member, int incarnation) =>
        member.Incarnation == incarnation && member.State != MemberState.Absent;
}
