using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Planning;

namespace OrleansSgd.Simulation.Planning;

/// <summary>Goal: a forecast costs no more than n log n in workers. Method: events and comparisons are counted, not timed.</summary>
public sealed class PlanCostTests
{
    private const int Steps = 10;
    private static readonly int[] Sizes = [100, 1000, 10_000];

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.Ssp)]
    public void Cost_grows_no_faster_than_n_log_n_with_workers(string mode)
    {
        PlanForecast[] forecasts = [.. Sizes.Select(workers => Forecast(mode, workers, shards: 512))];

        for (int i = 1; i < forecasts.Length; i++)
        {
            double workers = Sizes[i];
            double events = (double)forecasts[i].Events / forecasts[i - 1].Events;
            double comparisons = (double)forecasts[i].Comparisons / forecasts[i - 1].Comparisons;

            // Ten times the workers: ten times the events, and each of them a little deeper in the queue.
            Assert.InRange(events, 5, 10.5);
            Assert.InRange(comparisons, 5, 10.5 * Math.Log(workers * Steps) / Math.Log(workers / 10));
        }
    }

    [Fact]
    public void Cost_does_not_grow_with_shards()
    {
        long few = Forecast(RunPlan.Async, 1000, shards: 8).Events;
        long many = Forecast(RunPlan.Async, 1000, shards: 4096).Events;

        Assert.InRange(many, few * 0.95, few * 1.05);
    }

    [Fact]
    public void A_cost_that_grows_with_workers_times_shards_is_caught()
    {
        // Playing all shards is what the limit above forbids.
        long few = Forecast(RunPlan.Async, 100, shards: 8, played: 8).Events;
        long many = Forecast(RunPlan.Async, 100, shards: 256, played: 256).Events;

        Assert.True(many > 20 * few);
    }

    private static PlanForecast Forecast(string mode, int workers, int shards, int played = Planner.ShardsPlayedDefault) => Planner.Forecast(
        new ClusterDescription { Silos = Math.Max(1, workers / 10), ThreadsPerSilo = 10, ChurnPerSiloHour = 0.5 },
        new PlannedJob { Mode = mode, Workers = workers, Shards = shards, Parameters = 1_000_000, Samples = 10_000_000 },
        seed: 1, Steps, played);
}
