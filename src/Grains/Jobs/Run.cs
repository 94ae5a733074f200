using System.Globalization;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Data;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Models;
using OrleansSgd.Models.Safetensors;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Metrics;

namespace OrleansSgd.Grains.Jobs;

/// <summary>Everything a job grain holds once its data is open.</summary>
internal sealed record Run(
    JobPlan Plan, DataSets Data, IModel Model, ShardMap Map, RunCoordinator Coordinator, ReportLedger Reports, RunLedger Ledger,
    RunEvaluator Evaluator, TrainingLoss Loss, ExactSmoothness Smoothness, IShardGrain[] Shards, IWorkerGrain[] Workers) : IDisposable
{
    private const long RetainedBytesMax = 64L << 20;
    private const int RetainedMin = 6;
    private const int ClosedMax = 16;
    private const int RoundsOfClaims = 3;
    private const int RetainedLimit = 256;

    /// <summary>What keepers had of updates whose workers are gone.</summary>
    public KeptUpdates Kept { get; } = new(ClosedMax + (RoundsOfClaims * Workers.Length));

    /// <summary>The newest snapshot of the whole model; null before the first evaluation.</summary>
    public ModelSnapshot? Snapshot { get; set; }

    /// <summary>What the ledger was told, for checkpoints; null without a store.</summary>
    public LedgerLog? Log { get; private set; }

    /// <summary>Keeps what the ledger is told from now on.</summary>
    public void KeepLog(LedgerLog log)
    {
        Log = log;
        Ledger.Log(log);
    }

    /// <summary>x₀, [d].</summary>
    public required float[] Initial { get; init; }

    /// <summary>Samples the run consists of.</summary>
    public long SamplesTotal => (long)Data.Train.Count * Plan.Run.Epochs;

    /// <summary>Where the number of tickets is noted; null where the store has no such place.</summary>
    public ITicketMark? Mark { get; set; }

    /// <summary>Makes the parts of a run; nothing is started yet.</summary>
    /// <param name="job">Where its spans belong.</param>
    /// <param name="keepsUpdates">Whether workers have keepers.</param>
    /// <param name="from">The checkpoint it goes on from; null for a run that begins.</param>
    /// <exception cref="InvalidDataException">The file that it is to start from is not one for the model.</exception>
    public static Run Create(
        JobTrace job, JobPlan plan, DataSets data, IGrainFactory grains, ComputePool pool, bool keepsUpdates, Resumption? from = null)
    {
        IModel model = ModelCatalog.Create(plan.Model.With(plan.Run.Rule.WeightDecay), data.Train);
        var map = new ShardMap(model.ParameterCount, plan.Run.Shards);
        int retainedMax = keepsUpdates ? RetainedMax(map.Dimension) : 0;
        RunCoordinator coordinator = from is null
            ? new RunCoordinator(plan.Run, data.Train.Count, retainedMax)
            : RunCoordinator.Resume(plan.Run, data.Train.Count, from.Run, from.Claim.Generation, retainedMax);
        var loss = new TrainingLoss(model, data.Train, pool, plan.Run.Batch, plan.Run.Consistency.LossSamples, plan.Run.Seed);
        var statistics = new TrainingStatistics(model, data.Train, pool, plan.Run.Batch, plan.Run.Seed);
        var options = new MonitorOptions
        {
            Plan = plan.Run,
            LossIsExact = loss.IsExact,
            NotCovered = plan.Run.Rule.NotCovered,
        };
        RunTrace trace = RunTrace.Open(job, new RunOpening
        {
            Plan = plan.ToJson(),
            Generation = from?.Claim.Generation ?? 1,
            Seed = plan.Run.Seed,
            Mode = plan.Run.Mode,
            Workers = plan.Run.Workers,
            Shards = map.Count,
            Parameters = map.Dimension,
            Form = options.Form,
            NotCovered = options.NotCovered,
            LossIsExact = options.LossIsExact,
            Bound = plan.Run.Consistency.Bound,
            Confidence = plan.Run.Consistency.Confidence,
            Window = options.WindowLength,
        });
        var run = new Run(
            plan, data, model, map, coordinator,
            new ReportLedger(plan.Run.Workers, data.Train.Count),
            new RunLedger(options, map, coordinator, trace, new GridMetrics(job.Job)),
            new RunEvaluator(model, data.Test, map, pool, statistics), loss,
            new ExactSmoothness(plan.Run, model, data.Train, exists: plan.Data.Augment is not { Count: > 0 }),
            [.. Enumerable.Range(0, map.Count).Select(i => grains.GetGrain<IShardGrain>(JobKeys.Shard(job.Job, i)))],
            [.. Enumerable.Range(0, plan.Run.Workers).Select(i => grains.GetGrain<IWorkerGrain>(JobKeys.Worker(job.Job, i)))])
        {
            Initial = InitialOf(model, plan, isResumed: from?.Saved is not null),
        };
        run.Ledger.KeptRow = run.Kept.RowOf;
        run.Snapshot = from?.Snapshot(map);
        run.Reports.Load(from?.Saved?.Reports ?? SavedReports.None);
        return run;
    }

    /// <summary>Its members are stopped by themselves; what is still being measured ends as ever.</summary>
    public void Dispose()
    {
        Ledger.Dispose();
        Mark?.Dispose();
        Evaluator.Dispose();
        Loss.Dispose();
    }

    /// <summary>What its slices belong to, as a manifest says it.</summary>
    public string Shape => string.Create(
        CultureInfo.InvariantCulture, $"{Plan.Model.Kind} of {Map.Dimension} parameters in {Map.Count} shards, {Data.Train.Count} samples");

    /// <summary>[workers]; the lowest life of each that is not over.</summary>
    public int[] WorkerIncarnations()
    {
        int[] incarnations = new int[Coordinator.Workers.Length];
        for (int i = 0; i < incarnations.Length; i++)
        {
            // A life that is lost is over, although the next one has not been placed yet.
            Member worker = Coordinator.Workers[i];
            incarnations[i] = worker.Incarnation + (worker.State == MemberState.Absent ? 1 : 0);
        }

        return incarnations;
    }

    /// <summary>How many workers and shards a silo has.</summary>
    public (int Workers, int Shards) MembersOf(string silo) =>
        (Count(Coordinator.Workers, silo), Count(Coordinator.Shards, silo));

    /// <summary>Ends every loop and lets the shards go; members that cannot be reached are gone anyway.</summary>
    /// <param name="keepers">The keepers in use.</param>
    public async Task StopMembersAsync(IEnumerable<IKeeperGrain> keepers)
    {
        IEnumerable<Task> stops = Workers.Select(worker => worker.Stop())
            .Concat(Shards.Select(shard => shard.Stop()))
            .Concat(keepers.Select(keeper => keeper.Stop()));
        await Task.WhenAll(stops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    // Updates that one worker and its keeper retain, by their memory when they are dense.
    private static int RetainedMax(int dimension) =>
        (int)Math.Clamp(RetainedBytesMax / ((long)dimension * sizeof(float)), RetainedMin, RetainedLimit);

    // A run that goes on from a checkpoint has no use for x₀: the file it started from may be gone.
    private static float[] InitialOf(IModel model, JobPlan plan, bool isResumed)
    {
        float[] initial = new float[model.ParameterCount];
        if (plan.Model.Start is { } start && !isResumed)
        {
            StartFile.Read(model, start, initial);
        }
        else
        {
            model.Initialise(initial, plan.Run.Seed);
        }

        return initial;
    }

    private static int Count(ReadOnlySpan<Member> members, string silo)
    {
        int count = 0;
        foreach (Member member in members)
        {
            count += member.Silo == silo ? 1 : 0;
        }

        return count;
    }
}
