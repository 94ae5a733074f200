using System.Text.Json;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>How long a run must be for the model to have a share of the test set right.</summary>
/// <remarks>
/// Runs over the first N samples, N growing, each from the start; the first that reaches the share is the answer, and its seconds are the run's. So
/// no test is ever on the clock. peers/to_accuracy.py does the same with a peer.
/// </remarks>
internal static class ToAccuracyBenchmark
{
    private const int SamplesStep = 5000;
    private const int SamplesMax = 60_000;

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one =>
        {
            one.DataFolder = options.Data;
            one.ComputeThreads = options.Workers;
            options.SetThreads(one);
        });
        await RunAsync(grid, options, SamplesStep);
        for (int samples = 2 * SamplesStep; samples <= SamplesMax; samples += SamplesStep)
        {
            (double seconds, double accuracy) = await RunAsync(grid, options, samples);
            if (accuracy >= options.Accuracy)
            {
                return JsonSerializer.Serialize(new
                {
                    system = "orleans-sgd",
                    workload = $"{options.Model} to {options.Accuracy}",
                    seconds,
                    samples,
                    testAccuracy = accuracy,
                    workers = options.Workers,
                    threads = options.Threads,
                });
            }
        }

        throw new InvalidOperationException($"{options.Model} does not reach {options.Accuracy} in {SamplesMax} samples.");
    }

    private static async Task<(double Seconds, double Accuracy)> RunAsync(LocalGrid grid, BenchmarkOptions options, int samples)
    {
        JobPlan plan = BenchmarkJob.Of(options.Model, options.Workers, options.Shards, epochs: 1, samples);
        (IJobGrain job, JobProgress progress) = await BenchmarkJob.RunAsync(grid, plan);
        return (progress.Seconds, await BenchmarkJob.AccuracyAsync(job, plan, options.Data));
    }
}
