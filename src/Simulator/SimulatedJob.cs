using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Simulator;

/// <summary>Hosts the coordinator and the monitor of a simulated run: calls become events, commands are carried out.</summary>
internal sealed partial class SimulatedJob
{
    private const string Silo = "simulated";

    private readonly SimulatedGrid _grid;
    private readonly RunCoordinator _coordinator;
    private readonly LedgerSink _ledger;
    private readonly List<Func<bool>> _waiting = [];
    private bool _isPumping;

    public SimulatedJob(SimulatedGrid grid)
    {
        _grid = grid;
        _coordinator = new RunCoordinator(grid.Run, grid.Plan.Samples);
        _ledger = new LedgerSink(grid);
        _workerKills = new Queue<long>(grid.Plan.Churn.WorkerKills.Order());
        _shardKills = new Queue<long>(grid.Plan.Churn.ShardKills.Order());
        _siloKills = new Queue<long>(grid.Plan.Churn.SiloKills.Order());
        _kept = new KeptSlice[grid.Map.Count];
    }

    /// <summary>True once everything is trained and measured.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why a worker gave up; None as long as none did.</summary>
    public WorkerStopReason Failure { get; private set; }

    public RunTotals Totals => _coordinator.Totals;

    public LedgerSink Ledger => _ledger;

    /// <summary>True when L is known, so that workers need not measure secants.</summary>
    public bool SmoothnessIsKnown => double.IsFinite(_grid.Plan.Objective.Smoothness);

    public void Begin()
    {
        MeasureStart();
        _coordinator.SilosChanged([Silo]);
        Pump();
    }

    public void Lease(int worker, int incarnation, TicketRecord[] rows, long committed, Action<(LeaseVerdict, Lease)> reply)
    {
        TakeRows(worker, incarnation, rows);
        HoldUntil(() =>
        {
            LeaseVerdict verdict = _coordinator.LeaseAsked(worker, incarnation, committed, out Lease lease);
            committed = -1;
            return (verdict != LeaseVerdict.Wait, (verdict, lease));
        }, reply);
    }

    public void Ticket(
        int worker, int incarnation, TicketRecord[] rows, long sequence, BatchRange batch, double norm, Action<(TicketVerdict, TicketGrant)> reply)
    {
        TakeRows(worker, incarnation, rows);
        HoldUntil(() =>
        {
            TicketVerdict verdict = _coordinator.TicketAsked(
                worker, incarnation, sequence, batch.Lease.Id, batch.Start, batch.End, norm, viewed: 0, out TicketGrant grant);
            return (verdict != TicketVerdict.Held, (verdict, grant));
        }, reply);
    }

    public void WorkerStopped(int worker, int incarnation, WorkerStopReason reason)
    {
        if (reason == WorkerStopReason.Diverged)
        {
            Failure = reason;
            IsOver = true;
        }
        else if (reason != WorkerStopReason.Finished)
        {
            _coordinator.WorkerLost(worker, incarnation);
            Pump();
        }
    }

    // Rows of a life that is over are not taken: the coordinator asks the shards what became of its last ticket.
    private void TakeRows(int worker, int incarnation, TicketRecord[] rows)
    {
        if (_coordinator.Workers[worker].Incarnation != incarnation)
        {
            return;
        }

        foreach (TicketRecord row in rows)
        {
            _ledger.Record(row);
        }
    }

    // Answers as soon as there is something to say, or when it was held long enough.
    private void HoldUntil<T>(Func<(bool IsKnown, T Answer)> ask, Action<T> reply)
    {
        bool isAnswered = false;
        if (!Try())
        {
            _waiting.Add(Try);
            _grid.Time.After(_grid.Plan.Delays.HoldTime, () =>
            {
                if (!isAnswered)
                {
                    isAnswered = true;
                    reply(ask().Answer);
                }
            });
        }

        Pump();

        bool Try()
        {
            if (!isAnswered && ask() is (true, T answer))
            {
                isAnswered = true;
                reply(answer);
            }

            return isAnswered;
        }
    }

    private void Pump()
    {
        if (_isPumping)
        {
            return;
        }

        _isPumping = true;
        bool isMoving = true;
        while (isMoving && !IsOver)
        {
            isMoving = false;
            while (_coordinator.TryNextFact(out LedgerFact fact))
            {
                _ledger.Take(fact);
            }

            while (!IsOver && _coordinator.TryNext(out RunCommand command))
            {
                CarryOut(command);
                isMoving = true;
            }

            isMoving |= FinishCut();
            isMoving |= _waiting.RemoveAll(again => again()) > 0;
        }

        _isPumping = false;
        KillWhoIsDue();
        AskForCut();
    }

    private void CarryOut(RunCommand command)
    {
        switch (command.Kind)
        {
            case RunCommandKind.StartShard:
                StartShard(command);
                break;
            case RunCommandKind.StartWorker:
                StartWorker(command);
                break;
            case RunCommandKind.FenceWorker:
                Fence(command, 0, []);
                break;
            case RunCommandKind.Evaluate or RunCommandKind.Cut:
                HoldForCut();
                break;
            case RunCommandKind.Finish:
                _isFinishing = true;
                break;
        }
    }

    private void StartWorker(RunCommand command) => _grid.Network.Deliver(() =>
    {
        if (_coordinator.Workers[command.Member].Incarnation == command.Incarnation)
        {
            var life = new SimulatedWorker(_grid, command.Member, command.Incarnation);
            _grid.Workers[command.Member] = life;
            _coordinator.WorkerStarted(command.Member, command.Incarnation, Silo);
            life.Run();
            Pump();
        }
    });

    private void Fence(RunCommand command, int shard, List<FenceReport> reports) => _grid.Network.Deliver(() =>
    {
        if (shard == _grid.Shards.Length)
        {
            _coordinator.WorkerFenced(command.Ticket, reports.ToArray());
            Pump();
        }
        else if (_grid.Shards[shard].Life is { } life)
        {
            reports.Add(life.Fence(command.Member, command.Incarnation, command.Ticket, command.Round));
            Fence(command, shard + 1, reports);
        }
        else
        {
            Fence(command, shard, reports); // it has no life yet; it is asked again after another journey
        }
    });
}
