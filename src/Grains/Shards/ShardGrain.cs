using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Shards;

/// <summary>Hosts one <see cref="ParameterShard"/>: unwrap the frame, one Core call, wrap the answer.</summary>
/// <remarks>Reentrant because a pull may wait for a version; every change of the shard happens without an await.</remarks>
[Reentrant, ActivationCountBasedPlacement]
public sealed partial class ShardGrain(
    ILocalSiloDetails silo, IOptions<GridOptions> options, TimeProvider time, ILogger<ShardGrain> log)
    : Grain, IShardGrain
{
    private readonly AnswerBuffers _pushAnswers = new();
    private readonly AnswerBuffers _pullAnswers = new();
    private TaskCompletionSource _versionReached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private ParameterShard? _shard;

    /// <inheritdoc/>
    public Task<string> Start(ShardStart start)
    {
        if (_shard is null || start.Incarnation > _shard.Incarnation)
        {
            var settled = new TicketSet();
            settled.Load(start.TicketWatermark, start.TicketExceptions);
            float[] slice = MemoryMarshal.Cast<byte, float>(start.Slice.Span).ToArray();
            _shard = new ParameterShard(start.Shard, start.Incarnation, slice, start.Version, settled);
            for (int worker = 0; worker < start.WorkerIncarnations.Length; worker++)
            {
                _shard.Fence(worker, start.WorkerIncarnations[worker], openTicket: -1);
            }

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

        long version = _shard.Version;
        PushOutcome outcome = _shard.Push(request.Frame.Span, out PushHeader header);
        if (_shard.Version > version && _waiting > 0)
        {
            WakeWaiting();
        }

        byte[] buffer = _pushAnswers.Take(header.Worker, header.Incarnation, header.Sequence, _shard.ViewSizeMax);
        int size = _shard.WriteView(request.ViewVersion, request.ViewIncarnation, outcome, buffer);
        return new(new ShardAnswer(buffer.AsMemory(0, size)));
    }

    /// <inheritdoc/>
    public ValueTask<ShardAnswer> Pull(PullRequest request) =>
        _shard is null || _shard.Version >= request.VersionMin ? new(Answer(request)) : PullLater(request);

    /// <inheritdoc/>
    public Task<FenceAnswer> Fence(FenceRequest request) => Task.FromResult(_shard is null
        ? new FenceAnswer(false, false)
        : new FenceAnswer(true, _shard.Fence(request.Worker, request.IncarnationMin, request.OpenTicket)));

    /// <inheritdoc/>
    public Task<int> Ping() => Task.FromResult(_shard?.Incarnation ?? 0);

    /// <inheritdoc/>
    public Task Stop()
    {
        _shard = null;
        WakeWaiting();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async ValueTask<ShardAnswer> PullLater(PullRequest request)
    {
        _waiting++;
        try
        {
            using var hold = new CancellationTokenSource(options.Value.HoldTime, time);
            // A reader that knows another life of the shard is told at once: it may have to push again what that life kept.
            while (_shard is not null && _shard.Version < request.VersionMin
                && _shard.Incarnation == request.ViewIncarnation)
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

        var kind = _shard.Version >= request.VersionMin ? PushOutcomeKind.None : PushOutcomeKind.NotYet;
        byte[] buffer = request.Reader < 0
            ? new byte[_shard.ViewSizeMax]
            : _pullAnswers.Take(request.Reader, request.ReaderIncarnation, request.Number, _shard.ViewSizeMax);
        int size = _shard.WriteView(
            request.ViewVersion, request.ViewIncarnation, new PushOutcome(kind, 0, _shard.Version), buffer);
        return new ShardAnswer(buffer.AsMemory(0, size));
    }

    private void WakeWaiting()
    {
        TaskCompletionSource reached = _versionReached;
        _versionReached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        reached.SetResult();
    }
}
