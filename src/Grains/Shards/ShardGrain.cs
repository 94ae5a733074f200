using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Placement;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Grains.Shards;

/// <summary>Hosts one <see cref="ParameterShard"/>: unwrap the frame, one Core call, wrap the answer.</summary>
/// <remarks>Reentrant because a pull may wait for a version; every change of the shard happens without an await.</remarks>
[Reentrant, ActivationCountBasedPlacement]
public sealed partial class ShardGrain(
    ILocalSiloDetails silo, IOptions<GridOptions> options, IOptions<ClusterOptions> cluster, TimeProvider time,
    CheckpointPort checkpoints, ILogger<ShardGrain> log)
    : Grain, IShardGrain
{
    private static readonly TimeSpan TraceFlushPeriod = TimeSpan.FromSeconds(1);

    private readonly AnswerBuffers _pullAnswers = new();
    private TaskCompletionSource _versionReached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private ParameterShard? _shard;
    private ShardTrace? _trace;
    private JobSpans? _spans;
    private IGrainTimer? _flush;

    /// <inheritdoc/>
    public Task<string> Start(ShardStart start)
    {
        if (_shard is null || start.Incarnation > _shard.Incarnation)
        {
            var settled = new TicketSet();
            settled.Load(start.TicketWatermark, start.TicketExceptions);
            float[] slice = MemoryMarshal.Cast<byte, float>(start.Slice.Span).ToArray();
            _shard = new ParameterShard(
                start.Shard, start.Incarnation, slice, start.Version, settled, start.AnswerFraction);
            for (int worker = 0; worker < start.WorkerIncarnations.Length; worker++)
            {
                _shard.Fence(worker, start.WorkerIncarnations[worker], openTicket: -1);
            }

            OpenTrace(start);
            LogStarted(this.GetPrimaryKeyString(), start.Incarnation, start.Version, slice.Length);
            WakeWaiting();
        }

        return Task.FromResult(silo.SiloAddress.ToParsableString());
    }

    /// <inheritdoc/>
    public ValueTask<ShardAnswer> Push(PushRequest request)
    {
        if (_shard is null)
        {
            return new(default(ShardAnswer));
        }

        long begin = JobTrace.IsHeard ? Stopwatch.GetTimestamp() : 0;
        (long version, long watermark) = (_shard.Version, _shard.Settled.Watermark);
        Memory<byte> answer = _shard.PushAndView(
            request.Frame.Span, request.Values.Span, request.ViewVersion, request.ViewIncarnation, out PushHeader header, out PushOutcome outcome);
        NoteSettled(_shard, version, watermark);
        if (begin != 0 && _spans!.Takes(header.Ticket))
        {
            _spans.Apply(
                begin, _shard.Shard, _shard.Incarnation, header.Ticket, outcome.Version, outcome.Delay, request.Frame.Length + request.Values.Length,
                outcome.Kind.ToString());
        }

        return new(new ShardAnswer(answer));
    }

    /// <inheritdoc/>
    public ValueTask<ShardAnswer> Pull(PullRequest request) =>
        _shard is null || IsThere(_shard, request) ? new(Answer(request)) : PullLater(request);

    /// <inheritdoc/>
    public Task<FenceAnswer> Fence(FenceRequest request)
    {
        // A coordinator that is gone may still be heard: its tickets are numbers of a history that was given up.
        if (_shard is null || _shard.Incarnation != request.ShardIncarnation)
        {
            return Task.FromResult(new FenceAnswer(false, false, 0, 0, 0));
        }

        (long version, long watermark) = (_shard.Version, _shard.Settled.Watermark);
        FenceReport report = _shard.Fence(request.Worker, request.IncarnationMin, request.OpenTicket, request.Round, request.Frame.Span);
        NoteSettled(_shard, version, watermark);
        return Task.FromResult(FenceAnswer.Of(report));
    }

    /// <inheritdoc/>
    public Task<SliceAnswer> HandOver(int incarnation)
    {
        if (_shard is null || _shard.Incarnation != incarnation)
        {
            return Task.FromResult(SliceAnswer.None);
        }

        long[] exceptions = new long[_shard.Settled.ExceptionCount];
        _shard.Settled.CopyExceptionsTo(exceptions);
        var answer = new SliceAnswer(
            incarnation, _shard.Version, MemoryMarshal.AsBytes(_shard.Parameters).ToArray(), _shard.Settled.Watermark, exceptions);
        Stop();
        return Task.FromResult(answer);
    }

    /// <inheritdoc/>
    public Task<int> Ping() => Task.FromResult(_shard?.Incarnation ?? 0);

    /// <inheritdoc/>
    public Task Stop()
    {
        CloseTrace();
        _shard = null;
        WakeWaiting();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        CloseTrace();
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    private async ValueTask<ShardAnswer> PullLater(PullRequest request)
    {
        _waiting++;
        try
        {
            using var hold = new CancellationTokenSource(options.Value.HoldTime, time);
            // A reader that knows another life of the shard is told at once: it may have to push again what that life kept.
            while (_shard is not null && !IsThere(_shard, request)
                && (_shard.Incarnation == request.ViewIncarnation || request.Reader < 0))
            {
                await _versionReached.Task.WaitAsync(hold.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The answer below says that the version is not there yet; the reader asks again.
        }
        finally
        {
            _waiting--;
        }

        return Answer(request);
    }

    private ShardAnswer Answer(PullRequest request)
    {
        if (_shard is null)
        {
            return default;
        }

        var kind = IsThere(_shard, request) ? PushOutcomeKind.None : PushOutcomeKind.NotYet;
        byte[] buffer = request.Reader < 0
            ? new byte[_shard.ViewSizeMax]
            : _pullAnswers.Take(request.Reader, request.ReaderIncarnation, request.Number, _shard.ViewSizeMax);
        int size = _shard.WriteView(
            request.ViewVersion, request.ViewIncarnation, new PushOutcome(kind, 0, _shard.Version), buffer, request.Reader,
            request.ReaderIncarnation);
        return new ShardAnswer(buffer.AsMemory(0, size));
    }

    private static bool IsThere(ParameterShard shard, PullRequest request) =>
        shard.Version >= request.VersionMin && shard.Settled.Watermark >= request.SettledMin;

    // What a call settled goes into the trace, and may be what somebody waits for.
    private void NoteSettled(ParameterShard shard, long version, long watermark)
    {
        if (shard.KeepsJournal)
        {
            for (int i = 0; i < shard.Journal.Count; i++)
            {
                _trace!.Add(shard.Journal[i]);
            }

            shard.ClearJournal();
        }

        if (_waiting > 0 && (shard.Version > version || shard.Settled.Watermark > watermark))
        {
            WakeWaiting();
        }
    }

    private void OpenTrace(ShardStart start)
    {
        CloseTrace();
        var job = new JobTrace(JobKeys.JobOf(this.GetPrimaryKeyString()), cluster.Value.ClusterId);
        _spans = new JobSpans(job);
        _trace = ShardTrace.Open(job, start.Shard, start.Incarnation, start.Version);
        _shard!.KeepsJournal = _trace.IsOn;
        if (_trace.IsOn)
        {
            _flush ??= this.RegisterGrainTimer(
                _ => { _trace?.Flush(); return Task.CompletedTask; },
                new GrainTimerCreationOptions { DueTime = TraceFlushPeriod, Period = TraceFlushPeriod, Interleave = true });
        }
    }

    private void CloseTrace()
    {
        _trace?.Last();
        _trace?.Dispose();
        _trace = null;
        if (_shard is not null)
        {
            _shard.KeepsJournal = false;
        }
    }

    private void WakeWaiting()
    {
        TaskCompletionSource reached = _versionReached;
        _versionReached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reached.SetResult();
    }
}
