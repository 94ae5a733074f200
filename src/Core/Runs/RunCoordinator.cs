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
    private readonly long[] _sequences;

    // Tickets of lost workers whose fences are under way; one a lost life at most.
    private readonly Dictionary<long, Doubt> _doubtful = [];

    // Doubtful tickets that a restored shard lacks: it has to be fenced as well once it serves.
    private readonly HashSet<long> _unfenced = [];

    // Tickets counted as void or partial, and as lost: one a lost life of a worker, or what a lost shard took along.
    private readonly HashSet<long> _broken = [];
    private readonly HashSet<long> _lost = [];
    private readonly HashSet<long> _roundsLost = [];

    // Synchronous runs: the committed tickets of the two newest rounds, which their workers retain.
    private readonly List<Contribution> _contributions = [];
    private readonly Queue<RunCommand> _commands = new();
    private IReadOnlyList<string> _silos = [];
    private long _nextTicket;
    private int _epochsEvaluated;
    private bool _isFinishing;

    private readonly record struct OpenTicket(long Ticket, long Sequence, long Lease, int Start, int End)
    {
        public static readonly OpenTicket None = new(-1, -1, -1, 0, 0);
    }

    // Applied: the fewest shards that any of the fences found to have the ticket; a shard that dies may lose it.
    private readonly record struct Doubt(OpenTicket Open, int Worker, int IncarnationMin, int FencesUnderWay, int Applied);

    private readonly record struct Contribution(int Worker, int Incarnation, long Ticket, long Round);

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
            FenceAgain();
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
        if (IsPresent(_workers[worker], incarnation))
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

    /// <summary>Every shard refuses the old lives of a worker now.</summary>
    /// <param name="ticket">The ticket its last life left open; −1 for none.</param>
    /// <param name="shardsApplied">Shards that had applied it.</param>
    public void WorkerFenced(long ticket, int shardsApplied)
    {
        if (!_doubtful.TryGetValue(ticket, out Doubt doubt))
        {
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
            return;
        }

        _doubtful.Remove(ticket);
        if (doubt.Applied == 0)
        {
            _broken.Add(ticket);
            Totals = Totals with { TicketsVoid = Totals.TicketsVoid + 1 };
            _leases.Return(doubt.Open.Lease, doubt.Open.Start);
        }
        else
        {
            if (doubt.Applied < _shards.Length)
            {
                _broken.Add(ticket);
                Totals = Totals with { UpdatesPartial = Totals.UpdatesPartial + 1 };
            }

            _leases.Return(doubt.Open.Lease, doubt.Open.End);
        }

        Advance();
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

    /// <summary>As the other overload, for a host that starts the shard at the version of its slice.</summary>
    public int ShardRestored(TicketSet settled)
    {
        long version = Math.Max(0, _leases.RoundsOpened - 2);
        return ShardRestored(settled, ref version);
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
    /// <returns>Updates that are gone from this shard.</returns>
    public int ShardRestored(TicketSet settled, ref long version)
    {
        ArgumentNullException.ThrowIfNull(settled);
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
        tickets.UnionWith(_open.Where(open => open.Ticket >= 0).Select(open => open.Ticket));
        tickets.UnionWith(_contributions.Where(one => one.Round >= version).Select(one => one.Ticket));
        return tickets;
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
            _contributions.Add(new(worker, _workers[worker].Incarnation, _open[worker].Ticket, held!.Value.Round));
        }

        _open[worker] = OpenTicket.None;
        Advance();
    }

    private void ReturnLease(int worker, int incarnation)
    {
        OpenTicket open = _open[worker];
        _open[worker] = OpenTicket.None;
        _sequences[worker] = -1;
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

        _commands.Enqueue(new(RunCommandKind.FenceWorker, worker, incarnation + 1, "", open.Ticket));
        if (_plan.IsSynchronous)
        {
            ReopenContributions(worker, incarnation + 1);
        }
    }

    // Nobody retains what a lost worker pushed, and a shard may die before it has applied it: it is computed again. A
    // shard that has it ignores the repetition; one that has not must not wait for the old ticket.
    private void ReopenContributions(int worker, int incarnationMin)
    {
        int samples = _leases.ReopenSlots(worker, _leases.RoundsOpened - 2);
        Totals = Totals with { SamplesRepeated = Totals.SamplesRepeated + samples };
        foreach (Contribution one in _contributions.Where(one => one.Worker == worker))
        {
            _commands.Enqueue(new(RunCommandKind.FenceWorker, worker, incarnationMin, "", one.Ticket));
        }

        _contributions.RemoveAll(one => one.Worker == worker);
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

    // Shards first, then workers: a worker without its shards could only wait.
    private void PlaceAbsent()
    {
        if (_silos.Count == 0)
        {
            return;
        }

        // A shard that dies during the last evaluation must come back; workers only while there is something to compute.
        Place(_shards, RunCommandKind.StartShard);
        if (!_leases.IsFinished && !_shards.Any(shard => shard.State == MemberState.Absent) && _shards.All(shard => shard.Incarnation > 1 || shard.State == MemberState.Live))
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
