using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;
using OrleansSgd.Data;
using OrleansSgd.Data.Augmentation;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Metrics;
using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Grains.Workers;

/// <summary>Starts and stops the loop of one worker; the work itself runs on the silo's compute threads.</summary>
[ActivationCountBasedPlacement]
public sealed partial class WorkerGrain(
    ILocalSiloDetails silo, ComputePool pool, DataCache data, IOptions<GridOptions> options, IOptions<ClusterOptions> cluster,
    TimeProvider time,
    ILoggerFactory logs) : Grain, IWorkerGrain
{
    private readonly ILogger _log = logs.CreateLogger<WorkerGrain>();
    private CancellationTokenSource? _cancellation;
    private Task _loop = Task.CompletedTask;
    private WorkerIdentity? _identity;
    private WorkerView? _view;
    private ShardMap? _map;
    private ScaledCodec? _codec;
    private IUpdateRule? _rule;
    private ulong _codecSeed;

    /// <inheritdoc/>
    public async Task<string> Start(WorkerStart start)
    {
        if (_identity is null || start.Incarnation > _identity.Incarnation)
        {
            await Stop();
            _identity = new WorkerIdentity(start.Job, start.Worker, start.Incarnation);
            await BeginAsync(_identity, JobPlan.FromJson(start.Plan), start.Carry);
        }

        return silo.SiloAddress.ToParsableString();
    }

    /// <inheritdoc/>
    public Task<int> Ping() => Task.FromResult(_loop.IsCompleted ? 0 : _identity?.Incarnation ?? 0);

    /// <inheritdoc/>
    public Task<SliceAnswer> CopySlice(int shard, int incarnationNew)
    {
        if (_view is null || _map is null)
        {
            return Task.FromResult(SliceAnswer.None);
        }

        byte[] slice = new byte[_map[shard].Length * sizeof(float)];
        var settled = new TicketSet();
        if (!_view.TryCopy(
            shard, incarnationNew, MemoryMarshal.Cast<byte, float>(slice.AsSpan()), settled, out long version, out int incarnation))
        {
            return Task.FromResult(SliceAnswer.None);
        }

        long[] exceptions = new long[settled.ExceptionCount];
        settled.CopyExceptionsTo(exceptions);
        return Task.FromResult(new SliceAnswer(incarnation, version, slice, settled.Watermark, exceptions));
    }

    /// <inheritdoc/>
    public async Task<WorkerCarry?> HandOver(int incarnation)
    {
        if (_identity?.Incarnation != incarnation || _codec is null || _rule is null)
        {
            return null;
        }

        await Stop();
        DeactivateOnIdle();
        return new WorkerCarry(
            MemoryMarshal.AsBytes(_codec.Residual).ToArray(), MemoryMarshal.AsBytes<float>(_rule.Save()).ToArray(), _codecSeed, _codec.NextUpdate);
    }

    /// <inheritdoc/>
    public async Task Stop()
    {
        if (_cancellation is not null)
        {
            await _cancellation.CancelAsync();
            await _loop;
            _cancellation.Dispose();
            _cancellation = null;
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await Stop();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    private async Task BeginAsync(WorkerIdentity identity, JobPlan plan, WorkerCarry? carry)
    {
        DataSets sets = await data.OpenAsync(plan.Data, options.Value.DataFolder);
        IModel model = ModelCatalog.Create(plan.Model.With(plan.Run.Rule.WeightDecay), sets.Train);
        _map = new ShardMap(model.ParameterCount, plan.Run.Shards);
        _view = new WorkerView(_map);
        var job = GrainFactory.GetGrain<IJobGrain>(identity.Job);
        var shards = new IShardGrain[_map.Count];
        for (int i = 0; i < shards.Length; i++)
        {
            shards[i] = GrainFactory.GetGrain<IShardGrain>(JobKeys.Shard(identity.Job, i));
        }

        ISampleTransform? transform = SampleTransforms.Create(plan.Data, sets.Train.Shape, plan.Run.Seed);
        var gradient = new GradientStep(
            plan.Run, model, sets.Train, _map, time, model.HasExactSmoothness && transform is null, transform, plan.Data.Prefetch ?? 0);
        _codecSeed = carry?.CodecSeed ?? CodecSeed(plan, identity);
        _codec = new ScaledCodec(plan.Run.Codec, model.ParameterCount, _codecSeed);
        _rule = UpdateRules.Create(plan.Run.Rule, model.ParameterCount);
        if (carry is not null)
        {
            _codec.LoadResidual(MemoryMarshal.Cast<byte, float>(carry.Residual.Span));
            _codec.NextUpdate = carry.CodecUpdates;
            _rule.Load(MemoryMarshal.Cast<byte, float>(carry.Rule.Span));
        }

        var encoder = new UpdateEncoder(plan.Run, _map, _codec, _rule, identity.Worker, identity.Incarnation, isCarried: carry is not null);
        int shardOffset = identity.Worker * shards.Length / plan.Run.Workers;
        var machine = new WorkerMachine(
            shards.Length, plan.Run.Batch * plan.Run.LocalSteps, shardOffset, ticketFirst: plan.Run.Mode == RunPlan.VarianceBounded);
        var loop = new WorkerLoop(
            identity, job, shards, machine, _view, new WorkerStep(plan.Run, _map, gradient, _codec), encoder,
            new KeeperLink(GrainFactory, identity, encoder), new StepSpans(new JobTrace(identity.Job, cluster.Value.ClusterId)), new GridMetrics(identity.Job), pool, time,
            logs.CreateLogger<WorkerLoop>());
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(pool.Stopping);
        CancellationToken cancellation = _cancellation.Token;
        _loop = pool.Run(() => WatchAsync(loop, machine, gradient, job, identity, cancellation));
        LogStarted(identity.Name);
    }

    // Every life of every worker draws its own numbers, the same in each run of one seed.
    private static ulong CodecSeed(JobPlan plan, WorkerIdentity identity) =>
        new SeededRandom(plan.Run.Seed, ((ulong)(uint)identity.Worker << 32) | (uint)identity.Incarnation).NextUInt64();

    private async Task WatchAsync(
        WorkerLoop loop, WorkerMachine machine, GradientStep step, IJobGrain job, WorkerIdentity identity,
        CancellationToken cancellation)
    {
        RequestContext.Clear(); // where this life was to be placed is nothing that its own calls should carry
        using (step)
        {
            string? error = null;
            string? hint = null;
            try
            {
                await loop.RunAsync(cancellation);
                if (machine.StopReason == WorkerStopReason.Diverged)
                {
                    error = $"The run diverged: worker {identity.Worker} met a loss or gradient that is not finite " +
                        $"in epoch {machine.Batch.Lease.Epoch}, positions {machine.Batch.Start} to {machine.Batch.End - 1}.";
                    hint = "Lower rate.rate, add rate.warmUpEpochs, or normalise the data; then run the job again.";
                }
            }
            catch (OperationCanceledException)
            {
                // The silo stops, or the job ended the loop: the coordinator notices or knows.
            }
            catch (ModelException failure)
            {
                LogFailed(failure, identity.Name);
                error = $"Worker {identity.Worker} cannot compute its gradient: {failure.Message}";
                hint = failure.Hint;
            }
            catch (Exception defect) when (defect is not OutOfMemoryException)
            {
                LogFailed(defect, identity.Name);
                error = $"Worker {identity.Worker} failed: {defect.Message}";
                hint = "The message names the cause; the log of the silo has the rest.";
            }

            // Whoever ended the loop knows, and may be waiting for it.
            if (machine.StopReason is not (WorkerStopReason.Finished or WorkerStopReason.Left) && !cancellation.IsCancellationRequested)
            {
                await ReportEndAsync(job, identity, error, hint);
            }
        }
    }

    private async Task ReportEndAsync(IJobGrain job, WorkerIdentity identity, string? error, string? hint)
    {
        try
        {
            await job.WorkerEnded(identity.Worker, identity.Incarnation, error, hint);
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            LogUnreported(failure, identity.Name); // the coordinator's next ping finds out
        }
    }
}
