using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Simulator;

/// <summary>One life of a worker: carries out its machine's commands in virtual time.</summary>
internal sealed class SimulatedWorker
{
    private readonly SimulatedGrid _grid;
    private readonly int _worker;
    private readonly WorkerMachine _machine;
    private readonly WorkerUpdates _updates;
    private readonly Queue<Action> _arrived = new();
    private readonly List<TicketRecord> _rows = [];
    private int _underWay;
    private bool _isBusy;
    private bool _isHolding;
    private bool _isOver;

    public SimulatedWorker(SimulatedGrid grid, int worker, int incarnation)
    {
        _grid = grid;
        _worker = worker;
        Incarnation = incarnation;
        RunPlan run = grid.Run;
        View = new WorkerView(grid.Map);
        _machine = new WorkerMachine(
            run.Shards, run.Batch * run.LocalSteps, worker * run.Shards / run.Workers, ticketFirst: run.Mode == RunPlan.VarianceBounded);
        _updates = new WorkerUpdates(grid, View, worker, incarnation);
    }

    public int Incarnation { get; }

    public WorkerView View { get; }

    /// <summary>Ends the life; what it has under way arrives or not.</summary>
    public void Kill() => _isOver = true;

    /// <summary>Takes commands until there is none, or one has to be waited for.</summary>
    public void Run()
    {
        while (!_isOver && !_isBusy)
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
                AskLease(command);
                break;
            case WorkerCommandKind.Gradient:
                Compute();
                break;
            case WorkerCommandKind.Ticket:
                AskTicket(command);
                break;
            case WorkerCommandKind.Pull or WorkerCommandKind.Push:
                Send(command);
                break;
            case WorkerCommandKind.Hold:
                _isBusy = _isHolding = true;
                HoldOnceAllArrived();
                break;
            case WorkerCommandKind.Release:
                _updates.Release(command.Sequence);
                break;
            case WorkerCommandKind.Stop:
                _isOver = true;
                _grid.Job.WorkerStopped(_worker, Incarnation, _machine.StopReason);
                break;
        }
    }

    private void AskLease(WorkerCommand command)
    {
        long committed = _machine.Lease.Id;
        TicketRecord[] rows = RowsToTell();
        _isBusy = true;
        _grid.Network.Call<(LeaseVerdict Verdict, Lease Lease)>(
            reply => _grid.Job.Lease(_worker, Incarnation, rows, committed, reply),
            answer => Resume(() =>
            {
                Told(rows);
                _machine.LeaseAnswered(answer.Verdict, answer.Lease);
            }),
            () => Resume(() => _machine.CallFailed(command)));
    }

    private void AskTicket(WorkerCommand command)
    {
        BatchRange batch = _machine.Batch;
        long sequence = _machine.Sequence;
        double norm = _updates.NormBound(_machine);
        TicketRecord[] rows = RowsToTell();
        _isBusy = true;
        _grid.Network.Call<(TicketVerdict Verdict, TicketGrant Grant)>(
            reply => _grid.Job.Ticket(_worker, Incarnation, rows, sequence, batch, norm, reply),
            answer => Resume(() =>
            {
                Told(rows);
                bool isFinite = true;
                if (answer.Verdict == TicketVerdict.Given)
                {
                    _updates.Ticketed(_machine, answer.Grant);
                    isFinite = _machine.IsTicketOnly || _updates.TryEncode(_machine);
                }

                _machine.TicketAnswered(answer.Verdict, answer.Grant, isFinite);
            }),
            () => Resume(() => _machine.CallFailed(command)));
    }

    private void Compute()
    {
        _updates.Compute(_machine, _grid.Job.SmoothnessIsKnown);
        double seconds = _grid.ComputeTime(_worker, _updates.StepCount);
        _updates.Seconds = seconds;
        _isBusy = true;
        _grid.Time.After(seconds, () => Resume(() => _machine.GradientComputed(isFinite: true)));
    }

    private void Send(WorkerCommand command)
    {
        SimulatedShard shard = _grid.Shards[command.Shard];
        long version = View.Version(command.Shard);
        int life = View.Incarnation(command.Shard);
        _underWay++;
        if (command.Kind == WorkerCommandKind.Push)
        {
            byte[] frame = _updates.Frame(command.Sequence, command.Shard);
            _grid.BytesPushed += frame.Length;
            _grid.Network.Call<byte[]?>(reply => reply(shard.Push(frame, version, life)), Arrive, Fail);
        }
        else
        {
            _grid.Network.Call<byte[]?>(reply => shard.Pull(version, life, command.Version, reply), Arrive, Fail);
        }

        void Arrive(byte[]? frame) => Arrived(() => Answered(command, frame));

        void Fail() => Arrived(() => _machine.CallFailed(command));
    }

    private void Answered(WorkerCommand command, byte[]? frame)
    {
        ViewHeader header = default;
        if (frame is null || !View.TryApply(frame, out header))
        {
            header = new ViewHeader { Outcome = (byte)PushOutcomeKind.NotReady };
        }

        var outcome = new PushOutcome((PushOutcomeKind)header.Outcome, header.Delay, header.Version);
        if (command.Kind == WorkerCommandKind.Push)
        {
            _machine.PushAnswered(command.Shard, command.Sequence, outcome, header.ShardIncarnation);
        }
        else
        {
            _machine.ViewArrived(command.Shard, outcome.Kind, header.Version, header.ShardIncarnation);
        }
    }

    // Every shard has answered for the update before this question; its row goes along until an answer says that it came.
    private TicketRecord[] RowsToTell()
    {
        if (_updates.TryTakeRow(out TicketRecord? row))
        {
            _rows.Add(row);
        }

        return [.. _rows];
    }

    private void Told(TicketRecord[] rows) => _rows.RemoveAll(rows.Contains);

    private void Resume(Action tell)
    {
        if (!_isOver)
        {
            _isBusy = false;
            tell();
            Run();
        }
    }

    // While the worker waits for the job or computes, answers of shards queue up: its view must not move under a gradient.
    private void Arrived(Action tell)
    {
        _underWay--;
        if (_isOver)
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

        if (_underWay == 0 && _isHolding)
        {
            _isHolding = false;
            _grid.Time.After(_machine.HoldFor.TotalSeconds, () => Resume(_machine.Ticked));
        }
    }
}
