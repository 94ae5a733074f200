using System.Text.Json;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Samples a second of a whole asynchronous run on one silo with a compute thread a worker.</summary>
internal static class TrainingBenchmark
{
    public static async Task<string> RunAsync(
        string model, int workers, int shards, int epochs, string codec, string data)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, options =>
        {
            options.DataFolder = Path.GetFullPath(data);
            options.ComputeThreads = workers;
        });
        var plan = new JobPlan
        {
            Name = model,
            Data = new DataPlan { Kind = DataKinds.Mnist },
            Model = model == ModelCatalog.Mlp
                ? new ModelPlan { Kind = ModelCatalog.Mlp, Hidden = [256] }
                : new ModelPlan { Kind = model },
            Run = new RunPlan
            {
                Workers = workers,
                Shards = shards,
                Batch = 64,
                Epochs = 2,
                Rate = new SchedulePlan(Rate: 0.1),
                Codec = codec == CodecPlan.TopK ? new CodecPlan(CodecPlan.TopK, Fraction: 0.01) : new CodecPlan(codec),
            },
        };
        await EndOfAsync(grid, plan); // compiles everything and reads the data
        long before = GC.GetTotalAllocatedBytes(precise: true);
        JobProgress progress = await EndOfAsync(grid, plan with { Run = plan.Run with { Epochs = epochs } });
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = model,
            samplesPerSecond = progress.Samples / progress.Seconds,
            testAccuracy = progress.Events[^1].TestAccuracy,
            workers,
            shards,
            codec,
            delayMean = progress.DelayMean,
            allocatedBytesPerUpdate = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)progress.Updates,
        });
    }

    internal static async Task<JobProgress> EndOfAsync(LocalGrid grid, JobPlan plan)
    {
        SubmitAnswer answer = await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        IJobGrain job = grid.Grains.GetGrain<IJobGrain>(answer.Job
            ?? throw new InvalidOperationException(string.Join(' ', answer.Mistakes)));
        JobProgress progress;
        do
        {
            progress = await job.WaitFor(long.MaxValue, eventsSeen: 0);
        }
        while (!progress.IsOver);
        return progress.Error is null ? progress : throw new InvalidOperationException(progress.Error);
    }
}
