using System.Text.Json;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>What keepers and checkpoints cost when nothing goes wrong: the same job with both and with neither, in turn, on two silos.</summary>
internal static class ToleranceBenchmark
{
    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        var ratios = new List<double>();
        double stall = 0;
        for (int pair = -1; pair < options.Pairs; pair++)
        {
            // The order changes from pair to pair, so that a machine that warms up or slows down favours neither.
            bool isFirst = pair % 2 == 0;
            int epochs = pair < 0 ? 1 : options.Epochs;
            JobProgress one = await RunAsync(options, epochs, isTolerant: isFirst);
            JobProgress other = await RunAsync(options, epochs, isTolerant: !isFirst);
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
            workload = $"{options.Model} with keepers and checkpoints / without",
            ratioMedian = ratios[ratios.Count / 2],
            ratioMin = ratios[0],
            ratioMax = ratios[^1],
            pairs = options.Pairs,
            checkpointStallShareMax = stall,
            workers = options.Workers,
            shards = options.Shards,
        });
    }

    private static async Task<JobProgress> RunAsync(BenchmarkOptions options, int epochs, bool isTolerant)
    {
        string store = Path.Combine(Path.GetTempPath(), $"tolerance-{Environment.ProcessId}");
        try
        {
            await using LocalGrid grid = await LocalGrid.StartAsync(2, one =>
            {
                one.DataFolder = options.Data;
                one.ComputeThreads = Math.Max(1, options.Workers / 2);
                one.KeepsUpdates = isTolerant;
                one.Store = isTolerant ? store : "";
                one.CheckpointPeriod = isTolerant ? one.CheckpointPeriod : TimeSpan.Zero;
            });
            JobPlan plan = BenchmarkJob.Of(options.Model, options.Workers, options.Shards, epochs, options.Limit);
            return (await BenchmarkJob.RunAsync(grid, plan)).Progress;
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
