using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>What the trace that <c>certify</c> reads costs: the same job with it and without, in turn, on one silo.</summary>
internal static class TelemetryBenchmark
{
    public static Task<string> RunAsync(BenchmarkOptions options) =>
        PairedRuns.RunAsync(options, $"{options.Model} with the trace / without", isTraced => RunAsync(options, isTraced));

    private static async Task<JobProgress> RunAsync(BenchmarkOptions options, bool isTraced)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one =>
        {
            one.DataFolder = options.Data;
            one.ComputeThreads = options.Workers;
        });
        JobPlan plan = BenchmarkJob.Of(options.Model, options.Workers, options.Shards, options.Epochs, options.Limit);
        return (isTraced ? await TracedRun.RunAsync(grid, plan, 1) : await BenchmarkJob.RunAsync(grid, plan)).Progress;
    }
}
