using System.Text.Json;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>How long a run must be for the model to have a share of the test set right.</summary>
/// <remarks>
/// Runs of 1, 2, 3, … epochs, each from the start; the first that reaches the share is the answer, and its seconds are the run's. So
/// no test is ever on the clock. peers/to_accuracy.py does the same with a peer.
/// </remarks>
internal static class ToAccuracyBenchmark
{
    private const int EpochsMax = 10;
    private const int WarmUpSamples = 5000;

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one =>
        {
            one.DataFolder = options.Data;
            one.ComputeThreads = options.Workers;
            options.SetThreads(one);
        });
        await RunAsync(grid, options, epochs: 1, WarmUpSamples);
        for (int epochs = 1; epochs <= EpochsMax; epochs++)
        {
            (double seconds, double accuracy) = await RunAsync(grid, options, epochs);
            if (accuracy >= options.Accuracy)
            {
                return JsonSerializer.Serialize(new
                {
                    system = "orleans-sgd",
                    workload = $"{options.Model} to {options.Accuracy}",
                    seconds,
                    epochs,
                    testAccuracy = accuracy,
                    workers = options.Workers,
                    threads = options.Threads,
                });
            }
        }

        throw new InvalidOperationException($"{options.Model} does not reach {options.Accuracy} in {EpochsMax} epochs.");
    }

    private static async Task<(double Seconds, double Accuracy)> RunAsync(LocalGrid grid, BenchmarkOptions options, int epochs, int? limit = null)
    {
        JobPlan plan = BenchmarkJob.Of(options.Model, options.Workers, options.Shards, epochs, limit);
        (IJobGrain job, JobProgress progress) = await BenchmarkJob.RunAsync(grid, plan);
        return (progress.Seconds, await BenchmarkJob.AccuracyAsync(job, plan, options.Data));
    }
}
