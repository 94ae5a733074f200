using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Core.Workers;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Hosts the coordinator of the run: calls become its events, its commands become calls.</summary>
internal sealed partial class JobHost
{
    // In microseconds: how often silos are polled, how long a lease question is held, the pause before a repetition.
    private const long PollPeriod = 30_000;
    private const long HoldTime = 20_000;
    private const long RetryPause = 10_000;
    private const long CutPeriod = 70_000;

    // Later a run that has not ended is stuck, and its cuts would only fill the memory.
    private const long CutsEnd = 5_000_000;

    private readonly Grid _grid;
    private readonly RunCoordinator _coordinator;
    private readonly KeeperCalls _keepers;
    private readonly Restoration _restoration;
    private readonly Cuts _cuts;
    private readonly List<Action> _waiting = [];
    private readonly bool _isResumed;
    private string[] _members = [];

    // [workers]; when each got its newest lease or ticket, in microseconds.
    private readonly double[] _answeredAt;

    /// <param name="generation">Which coordinator of the job this is, from 1.</param>
    /// <param name="saved">The checkpoint to go on from; null for none.</param>
    public JobHost(Grid grid, long generation, SavedCut? saved)
    {
        _grid = grid;
        _coordinator = generation == 1
            ? new RunCoordinator(grid.Plan.Run, grid.Plan.Samples, grid.Plan.RetainedMax)
            : RunCoordinator.Resume(grid.Plan.Run, grid.Plan.Samples, saved?.Run ?? SavedRun.Nothing, generation, grid.Plan.RetainedMax);
        _answeredAt = new double[grid.Plan.Run.Workers];
        _isResumed = generation > 1;
        _keepers = new KeeperCalls(grid, _coordinator, Pause);
        _restoration = new Restoration(grid, _coordinator, _keepers, Pause);
        foreach (byte[] frame in saved?.Frames ?? [])
        {
            _restoration.Remember(frame);
        }

        _cuts = new Cuts(grid, _coordinator, generation, _restoration, Pause, ReportShard);
        grid.Home.After(0, Poll);
        grid.Home.After(CutPeriod, Cut);
    }

    public void Lease(int worker, int incarnation, long committed, long[] rows, Action<(LeaseVerdict, Lease)> reply)
    {
        if (!_grid.Hooks.AnswersLeases(_grid.Time.Now, _coordinator.Totals))
        {
            return;
        }

        TakeRows(worker, incarnation, rows);
        LeaseVerdict verdict = _coordinator.LeaseAsked(worker, incarnation, committed, out Lease lease);
        Pump();
        _answeredAt[worker] = _grid.Time.Now;
        if (verdict != LeaseVerdict.Wait)
        {
            reply((verdict, lease));
            return;
        }

        bool isAnswered = false;
        _waiting.Add(AskAgain);
        _grid.Home.After(HoldTime, () => Answer(LeaseVerdict.Wait, default));

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
                _answeredAt[worker] = _grid.Time.Now;
                reply((answer, granted));
            }
        }
    }

    public void Ticket(
        int worker, int incarnation, long sequence, BatchRange batch, double norm, long viewed, long[] rows,
        Action<(TicketVerdict, TicketGrant)> reply)
    {
        TakeRows(worker, incarnation, rows);
        _coordinator.StepTimed(worker, incarnation, _grid.Time.Now - _answeredAt[worker], out _);
        _answeredAt[worker] = _grid.Time.Now;
        long ticketsBefore = _coordinator.Totals.Tickets;
        TicketVerdict verdict = _coordinator.TicketAsked(
            worker, incarnation, sequence, batch.Lease.Id, batch.Start, batch.End, norm, viewed, out TicketGrant grant);
        if (_coordinator.Totals.Tickets > ticketsBefore)
        {
            _grid.Facts.Add(new TicketGiven(
                grant.Ticket, _grid.Hooks.RoundTicket(grant), worker, incarnation, sequence, batch.Lease.Epoch, batch.Start, batch.End));
        }

        Pump();
        reply((verdict, grant));
    }

    // What the job says became of every sample, epoch by epoch.
    private EpochSamples[] Samples() =>
        [.. Enumerable.Range(0, _grid.Plan.Run.Epochs).Select(epoch => _grid.Hooks.Account(_coordinator.SamplesOf(epoch, isOver: true)))];

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
                _grid.Home, shard, (host, reply) => reply(host.Ping()), life =>
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
            _grid.Home.After(CutPeriod, Cut);
        }
    }

    private void Poll()
    {
        PollSilos();
        _grid.Home.After(PollPeriod, Poll);
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
            if (!IsRepeated(fact) && _grid.Hooks.Tell(fact) is { } told)
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

    private void ReadResult(int shard, List<Read> read)
    {
        if (shard == _grid.Plan.Run.Shards)
        {
            foreach (Read one in read)
            {
                _grid.Facts.Add(one);
            }

            _grid.Facts.Add(new Ended((long)_grid.Time.Now, _coordinator.Totals, Samples()));
            return;
        }

        _grid.CallShard<byte[]?>(
            _grid.Home, shard, (host, reply) => host.Pull(-1, 0, _coordinator.VersionWhole, reply), frame =>
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

    private Read ReadOf(byte[] frame)
    {
        ViewHeader header = ViewFrame.ReadHeader(frame);
        float[] slice = new float[header.Length];
        FramePayload.CopyTo(slice, header.Kind, ViewFrame.Payload(frame, header), header.EntryCount);
        var settled = new TicketSet();
        settled.Load(header.TicketWatermark, ViewFrame.ExceptionTickets(frame, header));
        return _grid.Hooks.Result(new Read(header.Shard, header.ShardIncarnation, header.Version, settled.Watermark, slice, _grid.Time.Now));
    }

    // A coordinator that goes on from a checkpoint tells what the one before may have told after it.
    private bool IsRepeated(LedgerFact fact) => _isResumed
        && fact.Kind is LedgerFactKind.Void or LedgerFactKind.Orphan or LedgerFactKind.Settle
        && _grid.Facts.Of<Told>().Any(told => told.Fact.Kind == fact.Kind && told.Fact.Ticket == fact.Ticket);

    private void Then(Action tell)
    {
        tell();
        Pump();
    }

    private void Pause(Action again) => _grid.Home.After(RetryPause, () =>
    {
        PollSilos();
        again();
    });
}
