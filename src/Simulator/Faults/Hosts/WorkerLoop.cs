using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Carries out the commands of one worker's machine, as the worker's loop on a silo does.</summary>
internal sealed partial class WorkerLoop
{
    // How long a gradient takes, in microseconds; workers differ.
    private const int ComputeMin = 500;

    private readonly Grid _grid;
    private readonly WorkerHost _host;
    private readonly int _worker;
    private readonly WorkerMachine _machine;
    private readonly Dictionary<long, byte[][]> _frames = [];
    private readonly Queue<Action> _arrived = new();
    private readonly List<long> _rows = [];
    private Computed? _computed;
    private float[] _update = [];
    private int _underWay;
    private bool _isBusy;
    private bool _isHolding;
    private bool _isStopped;

    public WorkerLoop(Grid grid, WorkerHost host, int worker, int incarnation)
    {
        _grid = grid;
        _host = host;
        _worker = worker;
        Incarnation = incarnation;
        View = new WorkerView(grid.Model.Map);
        int shards = grid.Plan.Run.Shards;
        _machine = new WorkerMachine(
            shards, grid.Plan.Run.Batch, worker * shards / grid.Plan.Run.Workers,
            ticketFirst: grid.Plan.Run.Mode == RunPlan.VarianceBounded);
    }

    public int Incarnation { get; }

    public WorkerView View { get; }

    private bool IsOver => _isStopped || _host.IsDead;

    public void Stop() => _isStopped = true;

    /// <summary>Takes commands until there is none, or one has to be waited for.</summary>
    public void Run()
    {
        while (!IsOver && !_isBusy)
        {
            if (_arrived.TryDequeue(out Action? arrival))
            {
                arrival();
            }
            else if (_machine.TryNext(out WorkerCommand command))
            {
                CarryOut(command);
            }
            else
            {
                return;
            }
        }
    }

    private void CarryOut(WorkerCommand command)
    {
        switch (command.Kind)
        {
            case WorkerCommandKind.Lease:
                Lease(command);
                break;
            case WorkerCommandKind.Gradient:
                Compute();
                break;
            case WorkerCommandKind.Ticket:
                Ticket(command);
                break;
            case WorkerCommandKind.Pull or WorkerCommandKind.Push:
                Send(command);
                break;
            case WorkerCommandKind.Hold:
                _isBusy = _isHolding = true;
                HoldOnceAllArrived();
                break;
            case WorkerCommandKind.Release:
                _frames.Remove(command.Sequence);
                break;
            case WorkerCommandKind.Stop:
                Stop();
                if (_machine.StopReason is not (WorkerStopReason.Finished or WorkerStopReason.Left))
                {
                    _host.ReportEnd();
                }

                break;
        }
    }

    private void Lease(WorkerCommand command)
    {
        long committed = _machine.Lease.Id;
        long[] rows = [.. _rows];
        _isBusy = true;
        _grid.CallJob<(LeaseVerdict Verdict, Lease Lease)>(
            _host.Silo, (job, reply) => job.Lease(_worker, Incarnation, committed, rows, reply),
            answer => Resume(() =>
            {
                _rows.Clear();
                _machine.LeaseAnswered(answer.Verdict, answer.Lease);
            }),
            () => Resume(() => _machine.CallFailed(command)));
    }

    private void Compute()
    {
        NoteUpdate();
        _isBusy = true;
        _host.Silo.Work(ComputeMin * (1 + _worker), () => Resume(() => _machine.GradientComputed(isFinite: true)));
    }

    private void NoteUpdate()
    {
        BatchRange batch = _machine.Batch;
        _update = _grid.Model.Update(View.Parameters, batch);
        int[] shards = [.. Enumerable.Range(0, _grid.Plan.Run.Shards)];
        var record = new TicketRecord();
        record.Begin(shards.Length);
        View.NoteIn(record);
        _computed = new Computed(
            _worker, Incarnation, -1, batch.Lease.Round, [.. shards.Select(View.Version)], [.. shards.Select(View.Incarnation)],
            [.. shards.Select(shard => SettledIn(record, shard))], _update);
    }

    private static TicketSet SettledIn(TicketRecord record, int shard)
    {
        var settled = new TicketSet();
        settled.Load(record.Slices[shard].ViewWatermark, record.Exceptions(shard));
        return settled;
    }

    private void Ticket(WorkerCommand command)
    {
        BatchRange batch = _machine.Batch;
        long sequence = _machine.Sequence;
        bool isTicketOnly = _machine.IsTicketOnly;
        if (_machine.IsFlushing && !_frames.ContainsKey(sequence))
        {
            NoteUpdate();
        }

        if (_computed is { } computed && !isTicketOnly)
        {
            _grid.Facts.Add(computed with { Sequence = sequence });
            _computed = null;
        }

        long[] rows = [.. _rows];
        double norm = Math.Sqrt(_update.Sum(value => (double)value * value));
        long viewed = View.Watermark;
        _isBusy = true;
        _grid.CallJob<(TicketVerdict Verdict, TicketGrant Grant)>(
            _host.Silo, (job, reply) => job.Ticket(_worker, Incarnation, sequence, batch, norm, viewed, rows, reply),
            answer => Resume(() =>
            {
                _rows.Clear();
                if (answer.Verdict == TicketVerdict.Given && !isTicketOnly)
                {
                    Encode(answer.Grant.Ticket);
                    Keep(answer.Grant, verdict => _machine.TicketAnswered(verdict, answer.Grant, isFinite: true));
                }
                else
                {
                    _machine.TicketAnswered(answer.Verdict, answer.Grant, isFinite: true);
                }
            }),
            () => Resume(() => _machine.CallFailed(command)));
    }

    private void Encode(long ticket)
    {
        BatchRange batch = _machine.Batch;
        byte[][] frames = new byte[_grid.Plan.Run.Shards][];
        for (int shard = 0; shard < frames.Length; shard++)
        {
            ShardRange range = _grid.Model.Map[shard];
            (PayloadKind kind, int count, byte[] payload) = _grid.Model.Encode(_update.AsSpan(range.Start, range.Length));
            frames[shard] = new byte[PushFrame.HeaderSize + payload.Length];
            payload.CopyTo(frames[shard], PushFrame.HeaderSize);
            PushFrame.WriteHeader(frames[shard], new PushHeader
            {
                Kind = kind,
                Shard = shard,
                ShardIncarnation = View.Incarnation(shard),
                Worker = _worker,
                Incarnation = Incarnation,
                Sequence = _machine.Sequence,
                Ticket = ticket,
                Round = _machine.TicketFirst ? -1 : batch.Lease.Round,
                Slot = batch.Lease.Slot,
                SlotCount = batch.Lease.SlotCount,
                Rate = 1,
                ViewVersion = View.Version(shard),
                SampleCount = batch.Length,
                Length = range.Length,
                EntryCount = count,
                PayloadSize = payload.Length,
            });
        }

        _frames[_machine.Sequence] = frames;
    }

    private void Resume(Action tell)
    {
        if (!IsOver)
        {
            _isBusy = false;
            tell();
            Run();
        }
    }

    // While the loop waits for the job or computes, answers of shards queue up; while it holds, they are taken.
    private void Arrived(Action tell)
    {
        _underWay--;
        if (IsOver)
        {
            return;
        }

        if (_isHolding)
        {
            tell();
            HoldOnceAllArrived();
            return;
        }

        _arrived.Enqueue(tell);
        Run();
    }

    private void HoldOnceAllArrived()
    {
        while (_arrived.TryDequeue(out Action? arrival))
        {
            arrival();
        }

        if (_underWay == 0)
        {
            _isHolding = false;
            _host.Silo.After((long)_machine.HoldFor.TotalMicroseconds, () => Resume(_machine.Ticked));
        }
    }
}
