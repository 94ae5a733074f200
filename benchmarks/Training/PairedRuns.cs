using System.Text.Json;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>What something costs: the same job with it and without, in turn, and the ratio of each pair.</summary>
internal static class PairedRuns
{
    // As long as those that count: what is compiled a second time, for speed, is so a second after its first use, and the side with more code has more of it
    // (0.7 s of a processor in the run after one epoch of each, 0.05 s three runs later).
    private const int WarmUpPairs = 2;

    /// <summary>One line of JSON: ratios of speeds and of processor seconds.</summary>
    /// <param name="workload">What is compared.</param>
    /// <param name="run">One run, with it or without.</param>
    public static async Task<string> RunAsync(BenchmarkOptions options, string workload, Func<bool, Task<JobProgress>> run)
    {
        var ratios = new List<double>();
        List<double> with = [];
        List<double> without = [];
        var costs = new List<double>();
        double stall = 0;
        for (int pair = -WarmUpPairs; pair < options.Pairs; pair++)
        {
            // The order changes from pair to pair, so that a machine that warms up or slows down favours neither.
            bool isFirst = pair % 2 == 0;
            (JobProgress Progress, double Cpu) one = await MeasureAsync(run, isFirst);
            (JobProgress Progress, double Cpu) other = await MeasureAsync(run, !isFirst);
            if (pair >= 0)
            {
                ((JobProgress progress, double cost), (JobProgress bare, double costBare)) = isFirst ? (one, other) : (other, one);
                costs.Add(cost / costBare);
                with.Add(progress.Samples / progress.Seconds);
                without.Add(bare.Samples / bare.Seconds);
                ratios.Add(with[^1] / without[^1]);
                stall = Math.Max(stall, progress.CheckpointStallShare);
            }
        }

        ratios.Sort();
        costs.Sort();
        return JsonSerializer.Serialize(new
        {
            system = "orleans-sgd",
            workload,
            ratioMedian = ratios[ratios.Count / 2],
            samplesPerSecond = UpperQuartile(with),
            samplesPerSecondWithout = UpperQuartile(without),
            ratioMin = ratios[0],
            ratioMax = ratios[^1],

            // Whatever else the machine does slows a run and never speeds it up, so the fast runs of both sides say most.
            ratioOfUpperQuartiles = UpperQuartile(with) / UpperQuartile(without),
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
    private static async Task<(JobProgress Progress, double Cpu)> MeasureAsync(Func<bool, Task<JobProgress>> run, bool isWith)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        JobProgress progress = await run(isWith);
        return (progress, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }
}
