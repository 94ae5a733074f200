using System.Diagnostics;
using System.Text.Json;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>A silo killed in the middle of a run: how long nothing was updated, and what was made again.</summary>
/// <remarks>
/// Two silos of one worker each, and half the shards; a single shard lies on the one that lives. Tickets are watched as they are given out; the figure is the longest time without a new one from the kill to the end.
/// </remarks>
internal static class RecoveryBenchmark
{
    // The kill comes when so much of the run is done.
    private const double ShareBefore = 0.3;

    // A call that was under way to the dead silo fails; whoever watches asks again after so long.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(2, one =>
        {
            one.DataFolder = options.Data;
            one.ComputeThreads = 1;
        });
        JobPlan plan = BenchmarkJob.Of(options.Model, workers: 2, options.Shards, options.Epochs, options.Limit);
        await BenchmarkJob.RunAsync(grid, plan with { Run = plan.Run with { Epochs = 1 } });
        SubmitAnswer answer = await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        string job = answer.Job ?? throw new InvalidOperationException(string.Join(' ', answer.Mistakes));
        JobProgress before;
        do
        {
            before = await Ask(grid, job, 0);
            before = await Ask(grid, job, before.Tickets + 100);
        }
        while (!before.IsOver && before.Samples < ShareBefore * before.SamplesTotal);
        if (before.IsOver)
        {
            throw new InvalidOperationException("The run was over before the kill; give it more --epochs.");
        }

        long start = Stopwatch.GetTimestamp();
        Task killed = grid.KillAsync(1);
        (double seconds, JobProgress end) = await WatchAsync(grid, job, before.Tickets, start);
        await killed;
        if (end.Error is not null)
        {
            throw new InvalidOperationException(end.Error);
        }

        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = $"{options.Model}, a silo of two killed",
            secondsWithoutProgress = seconds,
            stepsRedone = Math.Ceiling(end.SamplesRepeated / (double)plan.Run.Batch),
            updatesLost = end.UpdatesLost,
            recoverySeconds = double.IsFinite(end.RecoverySecondsMax) ? end.RecoverySecondsMax : (double?)null,
        });
    }

    private static async Task<(double Seconds, JobProgress End)> WatchAsync(LocalGrid grid, string job, long tickets, long since)
    {
        double longest = 0;
        while (true)
        {
            JobProgress now;
            try
            {
                now = await Ask(grid, job, tickets + 1);
            }
            catch (Exception lost) when (lost is OrleansException or TimeoutException or InvalidOperationException)
            {
                await Task.Delay(Pause, TimeProvider.System);
                continue;
            }

            if (now.Tickets > tickets || now.IsOver)
            {
                longest = Math.Max(longest, Stopwatch.GetElapsedTime(since).TotalSeconds);
                (tickets, since) = (now.Tickets, Stopwatch.GetTimestamp());
            }

            if (now.IsOver)
            {
                return (longest, now);
            }
        }
    }

    private static Task<JobProgress> Ask(LocalGrid grid, string job, long tickets) => grid.Grains.GetGrain<IJobGrain>(job).WaitFor(tickets, eventsSeen: 0);
}
