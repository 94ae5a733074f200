using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Client.Planning;

/// <summary>This machine as a cluster of one silo, from three short runs of a model.</summary>
/// <param name="Alone">One worker, one shard, in the mode in question: gradients, pushes, ‖G‖, and the rest of a step.</param>
/// <param name="Parted">One worker, several shards: what each call adds.</param>
/// <param name="Crowded">A worker for each processor, one shard, nobody waits: by what busy processors slow each other.</param>
/// <param name="Shard">What a shard takes by itself.</param>
/// <param name="WakeSeconds">Until somebody who waited goes on.</param>
internal sealed record MachineMeasure(RunMeasure Alone, RunMeasure Parted, RunMeasure Crowded, ShardTimes Shard, double WakeSeconds)
{
    private const int PartsCount = 8;

    private static int Processors => Environment.ProcessorCount;

    /// <summary>Makes the runs.</summary>
    /// <param name="plan">Workers and shards are set anew.</param>
    /// <returns>The measurement; or null, and why not.</returns>
    public static async Task<(MachineMeasure? Machine, string? Error)> TakeAsync(
        IGrainFactory grains, JobPlan plan, long tickets, TimeProvider time, CancellationToken interrupted)
    {
        ShardTimes shard = ShardTimes.Measure(time);
        double wake = await WakeTime.MeasureAsync(time);
        var runs = new List<RunMeasure>();
        foreach ((string mode, int workers, int shards) in
            ((string, int, int)[])[(plan.Run.Mode, 1, 1), (RunPlan.Async, 1, PartsCount), (RunPlan.Async, Processors, 1)])
        {
            JobPlan one = plan with { Run = plan.Run with { Mode = mode, Workers = workers, Shards = shards } };
            (RunMeasure? run, string? error) = await RunMeasure.TakeAsync(grains, one, tickets, interrupted);
            if (run is null)
            {
                return (null, error);
            }

            runs.Add(run);
        }

        return (new MachineMeasure(runs[0], runs[1], runs[2], shard, wake), null);
    }

    /// <summary>The description, for a number of workers.</summary>
    /// <param name="parameters">d of the model.</param>
    /// <remarks>
    /// Whoever calls a shard does its work. What coordinator and ledger do takes a processor from the workers once there are as many of these
    /// as of those, and processors that are all busy are slower, each by the same factor.
    /// </remarks>
    public ClusterDescription Describe(string mode, int workers, long parameters)
    {
        double slowdown = workers >= Processors ? Math.Max(1, Crowded.GradientSeconds / Alone.GradientSeconds) : 1;
        double step = 1 / Alone.UpdatesPerSecond;
        double beside = workers >= Processors ? Math.Max(0, Alone.ProcessorSeconds - step) : 0;
        double service = Shard.Seconds + (Shard.SecondsPerMegabyte * 2 * parameters * sizeof(float) / 1e6);
        double call = Math.Max(0, ((Parted.PushSeconds - service) / PartsCount) - Shard.Seconds);

        // In these modes a step also asks for its lease and its view.
        int calls = mode == RunPlan.Async ? 1 : 3;
        return new ClusterDescription
        {
            Silos = 1,
            ThreadsPerSilo = Processors,
            HoldsThreads = true,
            GradientSeconds = slowdown * Alone.GradientSeconds,
            GradientSpread = Math.Min(1, Alone.GradientSpread),
            EncodeSeconds = slowdown * (Math.Max(0, step - Alone.GradientSeconds - service - (calls * call)) + beside),
            WakeSeconds = WakeSeconds,
            LatencySeconds = slowdown * call / 2,
            LatencySpreadSeconds = 0,
            BandwidthBytesPerSecond = double.PositiveInfinity,
            ShardSeconds = slowdown * Shard.Seconds,
            ShardSecondsPerMegabyte = slowdown * Shard.SecondsPerMegabyte,
            CoordinatorSeconds = 0,
            CheckpointSeconds = 0,
        };
    }
}
