using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Placement;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;
using OrleansSgd.Data;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Grains.Jobs;

/// <summary>Hosts one <see cref="RunCoordinator"/>: turns grain calls into its events and its commands into grain calls.</summary>
/// <remarks>
/// Reentrant: commands are carried out while leases and tickets are given. Every change of the coordinator happens
/// without an await, so it sees one event at a time.
/// </remarks>
[Reentrant, PreferLocalPlacement]
public sealed partial class JobGrain(
    ILocalSiloDetails silo, ComputePool pool, DataCache data, IOptions<GridOptions> options, IOptions<ClusterOptions> cluster,
    TimeProvider time, CheckpointPort port, ILogger<JobGrain> log) : Grain, IJobGrain
{
    private const int ModelPieceMax = 4_000_000;

    // Events of one coordinator's life; the next begins above them, so that a client sees what is new.
    private const int EventNumberBits = 16;

    // Losses are rare and mostly reported, so workers are asked less often than the silos.
    private const int PollsPerPing = 8;

    private readonly List<JobEvent> _events = [];
    private int _eventsBase;
    private int _resumedAt;
    private Task _keeping = Task.CompletedTask;
    private readonly RecoveryClock _recovery = new(time);
    private JobPhase _phase = JobPhase.Starting;
    private string? _error;
    private string? _hint;
    private string _planText = "";
    private Run? _run;
    private MonitorReport? _closed;
    private int _leasesWaiting;
    private int _workersWanted;
    private long _begun;
    private long _startedAt;
    private double? _secondsTotal;
    private bool _isCancelled;
    private string[] _silos = [];
    private IGrainTimer? _poll;
    private int _polls;
    private Task _ping = Task.CompletedTask;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // For those who wait for progress: told only when it is there, since leases change hundreds of times a second.
    private TaskCompletionSource _progressed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ticketsAwaited = long.MaxValue;

    private string Job => this.GetPrimaryKeyString();

    private JobSpans Spans => new(new JobTrace(Job, cluster.Value.ClusterId));

    // They end with the last update: what is measured of the model afterwards is no part of the training.
    private double Seconds => _startedAt == 0 ? 0 : _secondsTotal ?? _secondsBefore + time.GetElapsedTime(_startedAt).TotalSeconds;

    // It is over once nobody would resume it.
    private JobPhase PhaseShown => !_keeping.IsCompleted ? JobPhase.Running
        : _phase == JobPhase.Running && _run?.Coordinator.IsPaused == true ? JobPhase.Paused
        : _phase;

    /// <inheritdoc/>
    public Task Start(string plan)
    {
        if (_planText.Length == 0)
        {
            _planText = plan;
            _ = BeginAsync();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<JobProgress> Progress(int eventsSeen)
    {
        Seek();
        return Task.FromResult(ProgressNow(eventsSeen));
    }

    private JobProgress ProgressNow(int eventsSeen)
    {
        if (_planText.Length == 0 && _isUnknown)
        {
            return new JobProgress
            {
                Phase = JobPhase.Failed,
                Error = $"The grid knows no job {Job}: it was never submitted, or its coordinator died with its silo.",
                Hint = port.Store is null
                    ? "List the jobs, and submit this one again; what its workers had trained is gone. With a store it would be resumed: --store DIR."
                    : $"List the jobs; {port.Store.Address} has nothing of this one.",
            };
        }

        if (_ended is not null)
        {
            return _ended with { Events = [.. _ended.Events.Skip(eventsSeen)], EventsEnd = _ended.Events.Length };
        }

        RunTotals totals = _run?.Coordinator.Totals ?? new();
        MonitorReport? consistency = _closed ?? ReportLately();
        NoteWarnings(consistency?.Warnings ?? []);
        return new JobProgress
        {
            Phase = PhaseShown,
            Seconds = Seconds,
            Parameters = _run?.Map.Dimension ?? 0,
            Silos = _silos.Length,
            WorkersLive = _run?.Coordinator.WorkersLive ?? 0,
            Tickets = totals.Tickets,
            Samples = totals.SamplesUsed,
            SamplesTotal = _run?.SamplesTotal ?? 0,
            SamplesPerEpoch = _run?.Data.Train.Count ?? 0,
            Loss = _run?.Reports.Loss ?? double.NaN,
            DelayMean = _run?.Reports.DelayMean ?? double.NaN,
            DelayMax = _run?.Reports.DelayMax ?? 0,
            DelayCounts = [.. consistency?.DelayCounts ?? []],
            DelayWidth = consistency?.DelayWidth ?? 1,
            GapMean = consistency?.GapMean ?? double.NaN,
            GapMax = consistency?.GapMax ?? double.NaN,
            BoundMeasured = consistency?.BoundMeasured ?? double.NaN,
            BoundPredicted = consistency?.BoundTested ?? double.NaN,
            BoundModel = consistency?.BoundPredicted.Model,
            Condition = consistency is null ? null : RunFigures.NameOf(consistency.Condition),
            Certificate = consistency is null || double.IsNaN(consistency.Certificate.Optimisation) ? null
                : CertificateProgress.Of(consistency.Certificate, consistency.GradientSquared),
            Alarms = [.. consistency?.Alarms ?? []],
            Warnings = [.. _warnings],
            Updates = _run?.Reports.Updates ?? 0,
            UpdatesLost = totals.UpdatesLost,
            UpdatesPartial = totals.UpdatesPartial,
            SamplesRepeated = totals.SamplesRepeated,
            BytesPushed = _run?.Reports.BytesPushed ?? 0,
            BytesPulled = _run?.Reports.BytesPulled ?? 0,
            SampleUses = SamplesInAll(),
            RecoverySecondsMax = _recovery.SecondsMax,
            Error = _error,
            Hint = _hint,
            Events = [.. _events.Skip(FirstUnseen(eventsSeen))],
            EventsEnd = _eventsBase + _events.Count,
            Checkpoints = _checkpoints,
            CheckpointTicket = _checkpointTicket,
            CheckpointStallShare = CheckpointStallShare,
            Resumptions = _resumptions,
            TicketsRedone = _ticketsRedone,
            Shape = _run is { } shaped ? [.. shaped.Data.Train.Shape] : [],
            Classes = _run?.Data.Train.ClassCount ?? 0,
        };
    }

    // Whoever has seen events of an earlier coordinator has seen the same first ones.
    private int FirstUnseen(int eventsSeen) => eventsSeen >= _eventsBase
        ? eventsSeen - _eventsBase
        : Math.Min(eventsSeen & ((1 << EventNumberBits) - 1), _resumedAt);

    // They are shown in the order in which they were found, whoever found them.
    private void NoteWarnings(IEnumerable<string> found) => _warnings.AddRange(found.Except(_warnings).ToArray());

    /// <inheritdoc/>
    public async Task<JobProgress> WaitFor(long ticketsMin, int eventsSeen)
    {
        Seek();
        using var hold = new CancellationTokenSource(options.Value.HoldTime, time);
        try
        {
            while (!_isUnknown && PhaseShown is JobPhase.Starting or JobPhase.Running or JobPhase.Paused
                && (_run is null || _run.Coordinator.Totals.Tickets < ticketsMin))
            {
                _ticketsAwaited = Math.Min(_ticketsAwaited, ticketsMin);
                await _progressed.Task.WaitAsync(hold.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The answer says how far the run is; the caller asks again.
        }

        return await Progress(eventsSeen);
    }

    /// <inheritdoc/>
    public Task<string> Silo() => Task.FromResult(silo.SiloAddress.ToParsableString());

    /// <inheritdoc/>
    public async Task Cancel()
    {
        if (_phase is JobPhase.Starting)
        {
            End(JobPhase.Cancelled);
        }
        else if (_phase is JobPhase.Running && _run is not null && !_isCancelled)
        {
            try
            {
                _trained = (await ReadAsync(_run, versionMin: 0, isMeasured: false)).Snapshot.Parameters;
            }
            catch (Exception error) when (IsPassing(error))
            {
                LogCommandFailed(Job, "Cancel", 0, 0, error.Message);
                _trained = _run.Snapshot?.Parameters ?? [];
            }

            _isCancelled = true;
            _ = EndCancelledAsync(_run); // what it waits for may take longer than a call may
        }
    }

    /// <inheritdoc/>
    public ValueTask<LeaseAnswer> Lease(LeaseRequest request)
    {
        if (_phase != JobPhase.Running || _run is null)
        {
            Seek();
            return new(new LeaseAnswer { Verdict = LeaseVerdict.Fenced, Adjustment = StepAdjustment.None });
        }

        _run.Reports.Record(request.Worker, request.Incarnation, request.Report);
        TakeRows(_run, request.Worker, request.Incarnation, request.Ledger);
        LeaseVerdict verdict = _run.Coordinator.LeaseAsked(
            request.Worker, request.Incarnation, request.Committed, out Lease lease);
        Pump();
        if (verdict == LeaseVerdict.Wait)
        {
            // Carrying out what it brought about may have made room: no round opens before an evaluation is heard of.
            verdict = _run.Coordinator.LeaseAsked(request.Worker, request.Incarnation, committed: -1, out lease);
        }

        return verdict == LeaseVerdict.Wait ? LeaseLater(request) : new(LeaseAnswer.Of(verdict, lease, _run.Ledger.Adjustment));
    }

    /// <inheritdoc/>
    public ValueTask<TicketAnswer> Ticket(TicketRequest request)
    {
        if (_phase != JobPhase.Running || _run is null)
        {
            Seek();
            return new(new TicketAnswer(TicketVerdict.Fenced, -1, -1));
        }

        TakeRows(_run, request.Worker, request.Incarnation, request.Ledger);
        NoteStep(_run, request);
        TicketAnswer answer = Answer(_run, request);
        if (_heldTickets.Count > 0)
        {
            AskAgain(_run);
        }

        if (_leasesWaiting > 0)
        {
            Signal(ref _changed);
        }

        return answer.Verdict == TicketVerdict.Held ? TicketLater(request) : new(answer);
    }

    /// <inheritdoc/>
    public async Task ReportShard(int shard)
    {
        Seek();
        await PollSilosAsync();
        if (_phase != JobPhase.Running || _run is null)
        {
            return;
        }

        // Only a life that has served can be lost; one that is being started is on its way.
        int incarnation = _run.Coordinator.Shards[shard].Incarnation;
        if (_run.Coordinator.Shards[shard].State == Core.Membership.MemberState.Live
            && await _run.Shards[shard].Ping() < incarnation)
        {
            _run.Coordinator.ShardLost(shard, incarnation);
            Pump();
        }
    }

    /// <inheritdoc/>
    public Task WorkerEnded(int worker, int incarnation, string? error, string? hint)
    {
        if (_phase == JobPhase.Running && _run is not null && _run.Coordinator.Workers[worker].Incarnation == incarnation)
        {
            if (error is null)
            {
                _run.Coordinator.WorkerLost(worker, incarnation);
                Pump();
            }
            else
            {
                Fail(error, hint ?? "The log of the silo has the details.");
            }
        }

        return Task.CompletedTask;
    }

    // What a life that is over still says has been decided without it.
    private static void TakeRows(Run run, int worker, int incarnation, ReadOnlyMemory<byte> rows)
    {
        Member member = run.Coordinator.Workers[worker];
        if (member.Incarnation == incarnation && member.State != MemberState.Absent)
        {
            run.Ledger.Take(rows);
        }
    }

    private async ValueTask<LeaseAnswer> LeaseLater(LeaseRequest request)
    {
        using var hold = new CancellationTokenSource(options.Value.HoldTime, time);
        _leasesWaiting++;
        try
        {
            while (_phase == JobPhase.Running)
            {
                await _changed.Task.WaitAsync(hold.Token);
                LeaseVerdict verdict = _run!.Coordinator.LeaseAsked(
                    request.Worker, request.Incarnation, committed: -1, out Lease lease);
                if (verdict != LeaseVerdict.Wait)
                {
                    return LeaseAnswer.Of(verdict, lease, _run.Ledger.Adjustment);
                }
            }

            return new LeaseAnswer { Verdict = LeaseVerdict.Fenced, Adjustment = StepAdjustment.None };
        }
        catch (OperationCanceledException)
        {
            return new LeaseAnswer { Verdict = LeaseVerdict.Wait, Adjustment = StepAdjustment.None };
        }
        finally
        {
            _leasesWaiting--;
        }
    }

    private async Task BeginAsync(Resumption? from = null)
    {
        try
        {
            JobPlan plan = JobPlan.FromJson(_planText);
            if (JobRoots.Mistakes(plan, options.Value.JobRoots, options.Value.DataFolder, isBegun: from?.Saved is not null).FirstOrDefault() is { } outside)
            {
                // Whoever submits is told so at the door. This is for what came another way: by a direct call, or out of the store.
                Refuse(outside, "Nothing in the store was changed.");
                return;
            }

            DataSets sets = await data.OpenAsync(plan.Data, options.Value.DataFolder);
            string[] mistakes = [.. plan.Mistakes(), .. plan.MistakesWith(sets, isBegun: from?.Saved is not null)];
            if (mistakes.Length > 0)
            {
                Fail(string.Join(' ', mistakes), "Correct the job file and submit it again.");
                return;
            }

            if (_phase != JobPhase.Starting || _isGone)
            {
                return; // cancelled meanwhile
            }

            Run run = Run.Create(new JobTrace(Job, cluster.Value.ClusterId), plan, sets, GrainFactory, pool, options.Value.KeepsUpdates, from);
            if (from?.MisfitWith(run.Shape, run.Map) is { } misfit)
            {
                Refuse(misfit, "Nothing in the store was changed.");
                return;
            }

            await TakeUpAsync(run, from);
            string[] silos = await ActiveSilosAsync(); // before it runs: whoever asks from then on is told how many there are
            if (_phase != JobPhase.Starting || _isGone)
            {
                return;
            }

            _run = run;
            _phase = JobPhase.Running;
            _startedAt = _cutAt = _checkpointAt = time.GetTimestamp();
            _begun = Stopwatch.GetTimestamp();
            _ = MeasureStartAsync(_run, from);
            _ = MeasureSmoothnessLaterAsync(_run);
            TakeSilos(_run, silos);
            _poll = this.RegisterGrainTimer(
                PollAsync,
                new GrainTimerCreationOptions
                {
                    DueTime = options.Value.MembershipPollPeriod,
                    Period = options.Value.MembershipPollPeriod,
                    Interleave = true,
                    KeepAlive = true,
                });
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Fail(error.Message, "Bring the data with 'grid data fetch', or correct the data section of the job file.");
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            FailBy(defect, "The job could not start");
        }
    }

    private void Pump()
    {
        while (_phase == JobPhase.Running && _run!.Coordinator.TryNext(out RunCommand command))
        {
            _ = CarryOutAsync(_run, command);
        }

        if (_run is not null && _phase == JobPhase.Running)
        {
            _recovery.Observe(_run.Coordinator.IsWhole);
            _run.Ledger.TakeFacts();
            AskAgain(_run);
        }

        Signal(ref _changed);
        if (_run?.Coordinator.Totals.Tickets >= _ticketsAwaited)
        {
            _ticketsAwaited = long.MaxValue;
            Signal(ref _progressed);
        }
    }

    private static void Signal(ref TaskCompletionSource source)
    {
        TaskCompletionSource signalled = source;
        source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        signalled.SetResult();
    }

    private void Fail(string error, string hint)
    {
        if (_phase is JobPhase.Starting or JobPhase.Running && !_isGone)
        {
            _error = error;
            _hint = hint;
            LogJobFailed(Job, error);
            End(JobPhase.Failed);
        }
    }

    private void FailBy(Exception defect, string what)
    {
        LogDefect(defect, Job);
        Fail($"{what}: {defect.Message}", "The log of the silo has the details.");
    }

    private void End(JobPhase phase)
    {
        _secondsTotal = Seconds;
        _phase = phase;
        _poll?.Dispose();
        _poll = null;
        LogJobEnded(Job, phase, Seconds);
        CloseLedger(phase);
        _keeping = KeepEndAsync(_run, phase, _trained, _statistics);
        Signal(ref _changed);
        Signal(ref _progressed);
        _ = StopMembersAsync(_run);
    }

    private void CloseLedger(JobPhase phase)
    {
        if (_run is null)
        {
            return;
        }

        string outcome = phase switch
        {
            JobPhase.Completed => RunFigures.Completed,
            JobPhase.Cancelled => RunFigures.Cancelled,
            _ => RunFigures.Failed,
        };
        _closed = _run.Ledger.Close(outcome, _run.Smoothness.Known);
        RunPlan plan = _run.Plan.Run;
        Spans.Run(
            _begun, plan.Mode, plan.Workers, plan.Shards, _run.Coordinator.Totals.Tickets, outcome);
        _run.Dispose();
    }

    private static bool IsPassing(Exception error) => error is TimeoutException or OrleansException;
}
