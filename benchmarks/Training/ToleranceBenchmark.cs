using System.Text.Json;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>What keepers and checkpoints cost when nothing goes wrong: the same job with both and with neither, in turn, on two silos.</summary>
internal static class ToleranceBenchmark
{
    public static async Task<string> RunAsync(string model, int workers, int shards, int epochs, int pairs, string data)
    {
        var ratios = new List<double>();
        double stall = 0;
        for (int pair = -1; pair < pairs; pair++)
        {
            // The order changes from pair to pair, so that a machine that warms up or slows down favours neither.
            bool isFirst = pair % 2 == 0;
            JobProgress one = await RunAsync(model, workers, shards, pair < 0 ? 1 : epochs, data, isTolerant: isFirst);
            JobProgress other = await RunAsync(model, workers, shards, pair < 0 ? 1 : epochs, data, isTolerant: !isFirst);
            if (pair >= 0) // the first pair compiles everything
            {
                (JobProgress tolerant, JobProgress bare) = isFirst ? (one, other) : (other, one);
                ratios.Add(tolerant.Samples / tolerant.Seconds / (bare.Samples / bare.Seconds));
                stall = Math.Max(stall, tolerant.CheckpointStallShare);
            }
        }

        ratios.Sort();
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = $"{model} with keepers and checkpoints / without",
            ratioMedian = ratios[ratios.Count / 2],
            ratioMin = ratios[0],
            ratioMax = ratios[^1],
            pairs,
            checkpointStallShareMax = stall,
            workers,
            shards,
        });
    }

    private static async Task<JobProgress> RunAsync(string model, int workers, int shards, int epochs, string data, bool isTolerant)
    {
        string store = Path.Combine(Path.GetTempPath(), $"tolerance-{Environment.ProcessId}");
        try
        {
            await using LocalGrid grid = await LocalGrid.StartAsync(2, options =>
            {
                options.DataFolder = Path.GetFullPath(data);
                options.ComputeThreads = Math.Max(1, workers / 2);
                options.KeepsUpdates = isTolerant;
                options.Store = isTolerant ? store : "";
                options.CheckpointPeriod = isTolerant ? options.CheckpointPeriod : TimeSpan.Zero;
            });
            var plan = new JobPlan
            {
                Name = "tolerance",
                Data = new DataPlan { Kind = DataKinds.Mnist },
                Model = model == ModelCatalog.Mlp
                    ? new ModelPlan { Kind = ModelCatalog.Mlp, Hidden = [256] }
                    : new ModelPlan { Kind = model },
                Run = new RunPlan
                {
                    Workers = workers,
                    Shards = shards,
                    Batch = 64,
                    Epochs = epochs,
                    Rate = new SchedulePlan(Rate: 0.1),
                },
            };
            return await TrainingBenchmark.EndOfAsync(grid, plan);
        }
        finally
        {
            if (Directory.Exists(store))
            {
                Directory.Delete(store, recursive: true);
            }
        }
    }
}
