using System.Text.Json;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Samples a second of a whole asynchronous run on one silo with a compute thread a worker.</summary>
/// <remarks>Compiling and reading the data come before the clock starts, the test after it has stopped.</remarks>
internal static class TrainingBenchmark
{
    // The runtime goes on compiling for some hundred short steps, as the peers' interpreter does not.
    private const int WarmUpBatches = 40;
    private const int WarmUpBatchesShort = 400;

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one =>
        {
            one.DataFolder = options.Data;
            one.ComputeThreads = options.Workers;
            options.SetThreads(one);
        });
        JobPlan plan = BenchmarkJob.Of(options.Model, options.Workers, options.Shards, options.Epochs, options.Limit);
        plan = plan with
        {
            Run = plan.Run with
            {
                Codec = options.Codec == CodecPlan.TopK ? new CodecPlan(CodecPlan.TopK, Fraction: 0.01) : new CodecPlan(options.Codec),
                Consistency = plan.Run.Consistency with { CutSeconds = options.CutSeconds },
            },
        };
        int batches = options.Model == BenchmarkJob.ResNet20 ? WarmUpBatches : WarmUpBatchesShort;
        int warmUp = Math.Min(batches * plan.Run.Batch, options.Limit ?? int.MaxValue);
        await BenchmarkJob.RunAsync(grid, plan with { Data = plan.Data with { Limit = warmUp }, Run = plan.Run with { Epochs = 1 } });
        long before = GC.GetTotalAllocatedBytes(precise: true);

        // The warm-up was the grid's first job.
        (IJobGrain job, JobProgress progress) = options.IsTraced ? await TracedRun.RunAsync(grid, plan, 2) : await BenchmarkJob.RunAsync(grid, plan);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = $"{plan.Data.Kind}-{options.Model}-b{plan.Run.Batch}",
            samplesPerSecond = progress.Samples / progress.Seconds,
            testAccuracy = await BenchmarkJob.AccuracyAsync(job, plan, options.Data),
            workers = options.Workers,
            threads = options.Threads,
            shards = options.Shards,
            codec = options.Codec,
            traced = options.IsTraced,
            delayMean = progress.DelayMean,
            allocatedBytesPerUpdate = allocated / (double)progress.Updates,
        });
    }
}
