using System.Text.Json;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>What keepers and checkpoints cost when nothing goes wrong: the same job with both and with neither, in turn, on two silos.</summary>
internal static class ToleranceBenchmark
{
    // As long as those that count: what is compiled a second time, for speed, is so a second after its first use, and the side with keepers has more of it
    // (0.7 s of a processor in the run after one epoch of each, 0.05 s three runs later).
    private const int WarmUpPairs = 2;

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        var ratios = new List<double>();
        List<double> withBoth = [];
        List<double> withNeither = [];
        var costs = new List<double>();
        double stall = 0;
        for (int pair = -WarmUpPairs; pair < options.Pairs; pair++)
        {
            // The order changes from pair to pair, so that a machine that warms up or slows down favours neither.
            bool isFirst = pair % 2 == 0;
            (JobProgress Progress, double Cpu) one = await RunAsync(options, isTolerant: isFirst);
            (JobProgress Progress, double Cpu) other = await RunAsync(options, isTolerant: !isFirst);
            if (pair >= 0)
            {
                ((JobProgress tolerant, double cost), (JobProgress bare, double costBare)) = isFirst ? (one, other) : (other, one);
                costs.Add(cost / costBare);
                withBoth.Add(tolerant.Samples / tolerant.Seconds);
                withNeither.Add(bare.Samples / bare.Seconds);
                ratios.Add(withBoth[^1] / withNeither[^1]);
                stall = Math.Max(stall, tolerant.CheckpointStallShare);
            }
        }

        ratios.Sort();
        costs.Sort();
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload = $"{options.Model} with keepers and checkpoints / without",
            ratioMedian = ratios[ratios.Count / 2],
            samplesPerSecond = UpperQuartile(withBoth),
            samplesPerSecondWithout = UpperQuartile(withNeither),
            ratioMin = ratios[0],
            ratioMax = ratios[^1],

            // Whatever else the machine does slows a run and never speeds it up, so the fast runs of both sides say most.
            ratioOfUpperQuartiles = UpperQuartile(withBoth) / UpperQuartile(withNeither),
            cpuRatioMedian = costs[costs.Count / 2],
            cpuRatioMin = costs[0],
            cpuRatioMax = costs[^1],
            pairs = options.Pairs,
            checkpointStallShareMax = stall,
            workers = options.Workers,
            shards = options.Shards,
        });
    }

    private static double UpperQuartile(List<double> speeds)
    {
        speeds.Sort();
        return speeds[speeds.Count * 3 / 4];
    }

    // CPU seconds of the whole process: of what only waits they say nothing, but a busy machine changes them less than the seconds of a run.
    private static async Task<(JobProgress Progress, double Cpu)> RunAsync(BenchmarkOptions options, bool isTolerant)
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
            TimeSpan before = Environment.CpuUsage.TotalTime;
            JobProgress progress = (await BenchmarkJob.RunAsync(grid, plan)).Progress;
            return (progress, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
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
