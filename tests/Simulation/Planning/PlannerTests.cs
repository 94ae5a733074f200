using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Simulation.Planning;

/// <summary>Goal: a forecast follows from its description. Method: clusters whose numbers can be worked out by hand.</summary>
public sealed class PlannerTests
{
    // Nothing takes time but gradients, all of 10 ms.
    private static readonly ClusterDescription Bare = new()
    {
        Silos = 4,
        ThreadsPerSilo = 4,
        GradientSeconds = 0.01,
        GradientSpread = 0,
        EncodeSeconds = 0,
        WakeSeconds = 0,
        LatencySeconds = 0,
        LatencySpreadSeconds = 0,
        BandwidthBytesPerSecond = double.PositiveInfinity,
        ShardSeconds = 0,
        ShardSecondsPerMegabyte = 0,
        CoordinatorSeconds = 0,
        StoreBytesPerSecond = double.PositiveInfinity,
        CheckpointSeconds = 0,
    };

    private static readonly PlannedJob Job = new()
    {
        Workers = 16,
        Shards = 4,
        Parameters = 1000,
        Samples = 1_000_000,
        Batch = 10,
        GradientNorm = 2,
        Noise = 2,
    };

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.Ssp)]
    public void Where_only_gradients_take_time_every_thread_computes_all_the_time(string mode)
    {
        PlanForecast forecast = Planner.Forecast(Bare, Job with { Mode = mode }, seed: 1);

        Assert.Equal(1600, forecast.UpdatesPerSecond, 16.0);
        Assert.Equal(62.5, forecast.SecondsUndisturbed, 1.0);
        Assert.Equal(forecast.SecondsUndisturbed, forecast.Seconds, 9);
        Assert.Equal("compute threads", forecast.Bottleneck);
        Assert.InRange(forecast.BottleneckShare, 0.98, 1.02);
    }

    [Fact]
    public void A_gradient_misses_one_update_of_each_other_worker()
    {
        PlanForecast forecast = Planner.Forecast(Bare, Job, seed: 1);

        // Between two updates of a worker each of the 15 others makes one; the noise adds up as its square root, norms do as they are.
        Assert.Equal(15, forecast.DelayMean, 0.2);
        Assert.Equal(15, forecast.DelayMax, 1.0);
        Assert.Equal(15, forecast.MissingMean, 0.2);
        Assert.Equal(2 * 15, forecast.BoundMetered, 0.5);
        Assert.Equal(2 * Math.Sqrt(15), forecast.BoundExpected, 0.1);
    }

    [Fact]
    public void In_rounds_nothing_is_missing()
    {
        PlanForecast forecast = Planner.Forecast(Bare, Job with { Mode = RunPlan.Bsp }, seed: 1);

        Assert.Equal((0L, 0.0, 0.0), (forecast.DelayMax, forecast.MissingMean, forecast.BoundMetered));
    }

    [Fact]
    public void Rounds_wait_for_the_slowest_and_nobody_else_does()
    {
        ClusterDescription uneven = Bare with { GradientSpread = 1 };

        double rounds = Planner.Forecast(uneven, Job with { Mode = RunPlan.Bsp }, seed: 1).UpdatesPerSecond;
        double lead = Planner.Forecast(uneven, Job with { Mode = RunPlan.Ssp, StepsAheadMax = 3 }, seed: 1).UpdatesPerSecond;
        double free = Planner.Forecast(uneven, Job, seed: 1).UpdatesPerSecond;

        // The slowest of 16 exponential times is the 16th harmonic number, 3.38, means.
        Assert.Equal(1600 / 3.38, rounds, 15.0);
        Assert.Equal(1600, free, 50.0);
        Assert.InRange(lead, rounds * 1.2, free * 0.98);
    }

    [Fact]
    public void A_stale_synchronous_delay_stays_below_its_bound()
    {
        PlanForecast forecast = Planner.Forecast(
            Bare with { GradientSpread = 1 }, Job with { Mode = RunPlan.Ssp, StepsAheadMax = 1 }, seed: 4);

        Assert.InRange(forecast.DelayMax, 1, ((2 * 1) + 1) * 15);
    }

    [Fact]
    public void A_slow_shard_is_the_bottleneck_and_makes_the_rate()
    {
        PlanForecast forecast = Planner.Forecast(Bare with { ShardSeconds = 0.002 }, Job, seed: 1);

        Assert.Equal(500, forecast.UpdatesPerSecond, 5.0);
        Assert.Equal("shards", forecast.Bottleneck);
    }

    [Fact]
    public void A_slow_coordinator_is_the_bottleneck_and_makes_the_rate()
    {
        // 16 tickets and one lease are 17 questions.
        PlanForecast forecast = Planner.Forecast(Bare with { CoordinatorSeconds = 0.002 }, Job, seed: 1);

        Assert.Equal(500 * 16 / 17.0, forecast.UpdatesPerSecond, 10.0);
        Assert.Equal("coordinator", forecast.Bottleneck);
    }

    [Fact]
    public void A_narrow_network_is_the_bottleneck_and_makes_the_rate()
    {
        // A push is 4 000 000 bytes and goes out twice, once to its keeper; four workers of a silo share half of its card.
        PlanForecast forecast = Planner.Forecast(
            Bare with { BandwidthBytesPerSecond = 1e9 }, Job with { Parameters = 1_000_000 }, seed: 1);

        Assert.Equal("network", forecast.Bottleneck);
        Assert.Equal(4 * 0.5e9 / 8e6, forecast.UpdatesPerSecond, 10.0);
    }

    [Fact]
    public void Bytes_are_those_of_the_frames()
    {
        PlanForecast dense = Planner.Forecast(Bare, Job, seed: 1);
        PlanForecast sparse = Planner.Forecast(Bare, Job with { PushFraction = 0.01, Parameters = 100_000 }, seed: 1);

        // 4 frames of 96 + 1000 bytes, and of 64 + 1000 bytes back; in the sparse case 250 entries of 8 bytes in each of them.
        Assert.Equal(4 * 1096 * dense.UpdatesPerSecond, dense.BytesPushedPerSecond, 1e4);
        Assert.Equal(4 * 1064, dense.BytesPulledPerSecond / dense.UpdatesPerSecond, 40.0);
        Assert.Equal(4 * (96 + (250 * 8)), sparse.BytesPushedPerSecond / sparse.UpdatesPerSecond, 1e-6);
        Assert.Equal(100_000 * 4, sparse.BytesPerCheckpoint);
    }

    [Fact]
    public void Churn_costs_what_its_deaths_cost()
    {
        ClusterDescription cluster = Bare with
        {
            ChurnPerSiloHour = 60,
            DetectionSeconds = 1,
            RestartSeconds = 10,
            CheckpointSeconds = 20,
        };

        PlanForecast forecast = Planner.Forecast(cluster, Job with { Epochs = 4 }, seed: 3);

        // Four silos die 240 times an hour together, every 15 s; a quarter of them has the coordinator.
        double minutes = forecast.Seconds / 60;
        Assert.InRange(forecast.SiloDeaths / minutes, 2.5, 4.5);
        Assert.InRange((double)forecast.CoordinatorLosses / forecast.SiloDeaths, 0.15, 0.45);
        Assert.InRange(forecast.OutageSeconds / forecast.SiloDeaths, 0.8, 1.0);
        Assert.True(forecast.Seconds > forecast.SecondsUndisturbed * 1.2, $"{forecast.Seconds} s of {forecast.SecondsUndisturbed} s");
        Assert.InRange(forecast.SamplesRedone / forecast.CoordinatorLosses, 1000, 20 * 16_000);
        Assert.True(forecast.BytesRecovered > 0 && forecast.UpdatesReplayed > 0);
    }

    [Fact]
    public void A_cluster_that_dies_faster_than_it_checkpoints_gets_nowhere_and_says_so()
    {
        PlanForecast forecast = Planner.Forecast(
            Bare with { Silos = 2, ThreadsPerSilo = 8, ChurnPerSiloHour = 36_000, DetectionSeconds = 10, RestartSeconds = 0.001 }, Job, seed: 1);

        Assert.Equal(double.PositiveInfinity, forecast.Seconds);
        Assert.Contains("Without checkpoints", Assert.Single(forecast.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_seeds_give_equal_forecasts_and_others_do_not()
    {
        ClusterDescription cluster = new() { Silos = 8, ChurnPerSiloHour = 20, CheckpointSeconds = 10 };
        PlannedJob job = Job with { Shards = 64, Parameters = 100_000, Samples = 10_000_000 };

        PlanForecast first = Planner.Forecast(cluster, job, seed: 5);

        Assert.Equal(first with { Notes = [] }, Planner.Forecast(cluster, job, seed: 5) with { Notes = [] });
        Assert.NotEqual(first.Seconds, Planner.Forecast(cluster, job, seed: 6).Seconds);
    }

    [Fact]
    public void Playing_more_shards_tells_the_same()
    {
        ClusterDescription cluster = new() { Silos = 8, ThreadsPerSilo = 4 };
        PlannedJob job = Job with { Workers = 32, Shards = 32, Parameters = 1_000_000 };

        PlanForecast few = Planner.Forecast(cluster, job, seed: 5, stepsPerWorker: 200);
        PlanForecast all = Planner.Forecast(cluster, job, seed: 5, stepsPerWorker: 200, shardsPlayed: 32);

        Assert.Equal(all.UpdatesPerSecond, few.UpdatesPerSecond, 0.03 * all.UpdatesPerSecond);
        Assert.Equal(all.MissingMean, few.MissingMean, 0.05 * all.MissingMean);
        Assert.Equal(all.BytesPulledPerSecond, few.BytesPulledPerSecond, 0.03 * all.BytesPulledPerSecond);
    }
}
