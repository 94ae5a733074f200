using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Workers;
using OrleansSgd.Simulation.Facts;

namespace OrleansSgd.Simulation.Hosts;

/// <summary>Hosts the coordinator of the run: calls become its events, its commands become calls.</summary>
internal sealed class JobHost
{
    // In microseconds: how often silos are polled, how long a lease question is held, the pause before a repetition.
    private const long PollPeriod = 30_000;
    private const long HoldTime = 40_000;
    private const long RetryPause = 10_000;
    private const long CutPeriod = 70_000;

    // Later a run that has not ended is stuck, and its cuts would only fill the memory.
    private const long CutsEnd = 5_000_000;

    private readonly Grid _grid;
    private readonly RunCoordinator _coordinator;
    private readonly Restoration _restoration;
    private readonly Cuts _cuts;
    private readonly List<Action> _waiting = [];
    private string[] _members = [];

    public JobHost(Grid grid)
    {
        _grid = grid;
        _coordinator = new RunCoordinator(grid.Plan.Run, grid.Plan.Samples);
        _restoration = new Restoration(grid, _coordinator, Pause);
        _cuts = new Cuts(grid, _coordinator, Pause, ReportShard);
        grid.Time.After(0, Poll);
        grid.Time.After(CutPeriod, Cut);
    }

    public void Lease(int worker, int incarnation, long committed, long[] rows, Action<(LeaseVerdict, Lease)> reply)
    {
        TakeRows(worker, incarnation, rows);
        LeaseVerdict verdict = _coordinator.LeaseAsked(worker, incarnation, committed, out Lease lease);
        Pump();
        if (verdict != LeaseVerdict.Wait)
        {
            reply((verdict, lease));
            return;
        }

        bool isAnswered = false;
        _waiting.Add(AskAgain);
        _grid.Time.After(HoldTime, () => Answer(LeaseVerdict.Wait, default));

        void AskAgain()
        {
            if (isAnswered)
            {
                return;
            }

            LeaseVerdict now = _coordinator.LeaseAsked(worker, incarnation, committed: -1, out Lease next);
            if (now == LeaseVerdict.Wait)
            {
                _waiting.Add(AskAgain);
            }
            else
            {
                Answer(now, next);
            }
        }

        void Answer(LeaseVerdict answer, Lease granted)
        {
            if (!isAnswered)
            {
                isAnswered = true;
                reply((answer, granted));
            }
        }
    }

    public void Ticket(
        int worker, int incarnation, long sequence, BatchRange batch, double norm, long[] rows,
        Action<(TicketVerdict, TicketGrant)> reply)
    {
        TakeRows(worker, incarnation, rows);
        long ticketsBefore = _coordinator.Totals.Tickets;
        TicketVerdict verdict = _coordinator.TicketAsked(
            worker, incarnation, sequence, batch.Lease.Id, batch.Start, batch.End, norm, out TicketGrant grant);
        if (_coordinator.Totals.Tickets > ticketsBefore)
        {
            _grid.Facts.Add(new TicketGiven(
                grant.Ticket, _grid.Hooks.RoundTicket(grant), worker, incarnation, sequence, batch.Lease.Epoch, batch.Start, batch.End));
        }

        Pump();
        reply((verdict, grant));
    }

    public void WorkerEnded(int worker, int incarnation)
    {
        _coordinator.WorkerLost(worker, incarnation);
        Pump();
    }

    public void ReportShard(int shard)
    {
        PollSilos();
        if (_coordinator.Shards[shard].State == MemberState.Live)
        {
            int incarnation = _coordinator.Shards[shard].Incarnation;
            _grid.CallShard<int>(
                shard, (host, reply) => reply(host.Ping()), life =>
                {
                    if (life < incarnation)
                    {
                        _coordinator.ShardLost(shard, incarnation);
                        Pump();
                    }
                },
                () => { });
        }
    }

    private void TakeRows(int worker, int incarnation, long[] rows)
    {
        Member member = _coordinator.Workers[worker];
        if (member.Incarnation != incarnation || member.State == MemberState.Absent)
        {
            return; // the job has told the ledger itself, or will
        }

        foreach (long ticket in rows)
        {
            _grid.Facts.Add(new RowArrived(ticket));
        }
    }

    private void Cut()
    {
        _coordinator.RequestCut();
        Pump();
        if (_grid.Time.Now < CutsEnd)
        {
            _grid.Time.After(CutPeriod, Cut);
        }
    }

    private void Poll()
    {
        PollSilos();
        _grid.Time.After(PollPeriod, Poll);
    }

    private void PollSilos()
    {
        string[] members = _grid.Members;
        bool isHeard = _members.Length == 0 || !_grid.Hooks.IgnoresLostSilos;
        if (isHeard && !members.SequenceEqual(_members))
        {
            _coordinator.SilosChanged(members);
        }

        _members = members;
        Pump();
    }

    private void Pump()
    {
        while (!_grid.Facts.IsEnded && _coordinator.TryNextFact(out LedgerFact fact))
        {
            if (_grid.Hooks.Tell(fact) is { } told)
            {
                _grid.Facts.Add(new Told(told));
            }
        }

        while (!_grid.Facts.IsEnded && _coordinator.TryNext(out RunCommand command))
        {
            CarryOut(command);
        }

        Action[] waiting = [.. _waiting];
        _waiting.Clear();
        foreach (Action askAgain in waiting)
        {
            askAgain();
        }
    }

    private void CarryOut(RunCommand command)
    {
        switch (command.Kind)
        {
            case RunCommandKind.StartShard when command.Incarnation == 1:
                StartShard(command, _restoration.First(command.Member));
                break;
            case RunCommandKind.StartShard:
                _restoration.Collect(command, gift => StartShard(command, gift));
                break;
            case RunCommandKind.StartWorker:
                StartWorker(command);
                break;
            case RunCommandKind.FenceWorker when _grid.Hooks.ReturnsDoubtfulLeasesAtOnce:
                Fence(command, [], told: true);
                _coordinator.WorkerFenced(command.Ticket, new FenceReport[_grid.Plan.Run.Shards]);
                break;
            case RunCommandKind.FenceWorker:
                Fence(command, [], told: false);
                break;
            case RunCommandKind.Cut:
                _cuts.Take(() => Pump());
                break;
            case RunCommandKind.Evaluate:
                _restoration.Remember();
                break;
            case RunCommandKind.Finish:
                ReadResult(0, []);
                break;
        }
    }

    private void StartShard(RunCommand command, ShardGift gift) => _grid.CallShard<string>(
        command.Member, (host, reply) => reply(host.Start(gift)),
        silo => Then(() => _coordinator.ShardStarted(command.Member, command.Incarnation, silo)),
        () => Pause(() => Then(() => _coordinator.ShardLost(command.Member, command.Incarnation))),
        command.Silo);

    private void StartWorker(RunCommand command) => _grid.CallWorker<string>(
        command.Member, (host, reply) => reply(host.Start(command.Incarnation)),
        silo => Then(() => _coordinator.WorkerStarted(command.Member, command.Incarnation, silo)),
        () => Pause(() => Then(() => _coordinator.WorkerLost(command.Member, command.Incarnation))),
        command.Silo);

    private void Fence(RunCommand command, FenceReport[] reports, bool told)
    {
        int shard = reports.Length;
        if (shard == _grid.Plan.Run.Shards)
        {
            if (!told)
            {
                Then(() => _coordinator.WorkerFenced(command.Ticket, reports));
            }

            return;
        }

        _grid.CallShard<FenceReport?>(
            shard, (host, reply) => reply(host.Fence(command.Member, command.Incarnation, command.Ticket, command.Round)),
            answer =>
            {
                if (answer is { } report)
                {
                    Fence(command, [.. reports, report], told);
                }
                else
                {
                    // When every worker waits for this fence, nobody else meets the shard.
                    ReportShard(shard);
                    Pause(() => Fence(command, reports, told));
                }
            },
            () => Pause(() => Fence(command, reports, told)));
    }

    private void ReadResult(int shard, List<Read> read)
    {
        if (shard == _grid.Plan.Run.Shards)
        {
            foreach (Read one in read)
            {
                _grid.Facts.Add(one);
            }

            _grid.Facts.Add(new Ended(_grid.Time.Now, _coordinator.Totals));
            return;
        }

        _grid.CallShard<byte[]?>(
            shard, (host, reply) => host.Pull(-1, 0, _coordinator.VersionWhole, reply), frame =>
            {
                if (frame is not null && ViewFrame.ReadHeader(frame).Version >= _coordinator.VersionWhole)
                {
                    ReadResult(shard + 1, [.. read, ReadOf(frame)]);
                }
                else
                {
                    ReportShard(shard);
                    Pause(() => ReadResult(0, []));
                }
            },
            () => Pause(() => ReadResult(0, [])));
    }

    private static Read ReadOf(byte[] frame)
    {
        ViewHeader header = ViewFrame.ReadHeader(frame);
        float[] slice = new float[header.Length];
        FramePayload.CopyTo(slice, header.Kind, ViewFrame.Payload(frame, header), header.EntryCount);
        var settled = new TicketSet();
        settled.Load(header.TicketWatermark, ViewFrame.ExceptionTickets(frame, header));
        return new Read(header.Shard, header.ShardIncarnation, header.Version, settled.Watermark, slice);
    }

    private void Then(Action tell)
    {
        tell();
        Pump();
    }

    private void Pause(Action again) => _grid.Time.After(RetryPause, () =>
    {
        PollSilos();
        again();
    });
}
