using System.Text.Json;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Logistic regression on sparse rows.</summary>
/// <remarks>Batches of 64, and every row counts as an update, as with the peer that takes as many at a time.</remarks>
internal static class SparseBenchmark
{
    // What is compiled on the way is compiled by then.
    private const int WarmUpSamples = 20_000;

    /// <summary>The job: so many epochs over the rows that the seed makes.</summary>
    public static JobPlan PlanOf(BenchmarkOptions options) => new()
    {
        Name = "sparse",
        Data = new DataPlan
        {
            Kind = DataKinds.Synthetic,
            Shape = SyntheticShapes.SparseLogistic,
            SampleCount = options.Samples,
            TestSampleCount = 1,
            FeatureCount = options.Features,
        },
        Model = new ModelPlan { Kind = ModelCatalog.Logistic },
        Run = new RunPlan
        {
            Workers = options.Workers,
            Shards = options.Shards,
            Batch = options.Batch,
            LocalSteps = options.LocalSteps,
            LeaseBatches = options.LeaseBatches,
            Epochs = options.Epochs,
            Rate = new SchedulePlan(options.Schedule, options.Rate),
            // The peers measure no objective, and 2048 rows are a tenth of an epoch that lasts a few milliseconds.
            Consistency = new ConsistencyPlan { CutSeconds = 0, LossSamples = 128 },
        },
    };

    /// <summary>A short run of the same.</summary>
    public static Task WarmUpAsync(LocalGrid grid, JobPlan plan) => BenchmarkJob.RunAsync(grid, plan with
    {
        Data = plan.Data with { SampleCount = Math.Min(WarmUpSamples, plan.Data.SampleCount!.Value) },
        Run = plan.Run with { Epochs = 1 },
    });

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one => { one.ComputeThreads = options.Workers; options.SetThreads(one); });
        JobPlan plan = PlanOf(options);
        await WarmUpAsync(grid, plan);
        (_, JobProgress progress) = await BenchmarkJob.RunAsync(grid, plan);
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = "sparse-logistic",
            updatesPerSecond = progress.Samples / progress.Seconds,
            workers = options.Workers,
            shards = options.Shards,
            samples = options.Samples,
            features = options.Features,
            loss = double.IsFinite(progress.Loss) ? progress.Loss : (double?)null,
        });
    }
}
