using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>What keepers and checkpoints cost when nothing goes wrong: the same job with both and with neither, in turn, on two silos.</summary>
internal static class ToleranceBenchmark
{
    public static Task<string> RunAsync(BenchmarkOptions options) =>
        PairedRuns.RunAsync(options, $"{options.Model} with keepers and checkpoints / without", isTolerant => RunAsync(options, isTolerant));

    private static async Task<JobProgress> RunAsync(BenchmarkOptions options, bool isTolerant)
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
            JobPlan plan = BenchmarkJob.Of(options.Model, options.Workers, options.Shards, options.Epochs, options.Limit);
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
