using Orleans.TestingHost;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>Goal: a job's curves outlive its coordinator and its grid. Method: a store that two grids share, and a kill after a checkpoint.</summary>
public sealed class CurveTests
{
    private readonly string _store = $"memory:{Path.GetRandomFileName()}";

    [Fact]
    public async Task The_curve_of_a_job_goes_on_with_its_next_coordinator_and_stays_when_it_is_over()
    {
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = RunPlan.Async, Epochs = 500, LeaseBatches = 4 } };
        string id;
        await using (TestGrid lost = await StartAsync())
        {
            IJobGrain job = await lost.SubmitAsync(plan);
            id = job.GetPrimaryKeyString();
            while ((await job.Progress(0)).CheckpointTicket == 0)
            {
                await job.Checkpoint();
            }

            foreach (InProcessSiloHandle silo in lost.Cluster.Silos.ToArray())
            {
                await lost.Cluster.KillSiloAsync(silo);
            }
        }

        JobPoint[] whole;
        double wentOn;
        await using (TestGrid grid = await StartAsync())
        {
            await grid.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).ResumeAll();
            IJobGrain job = grid.Cluster.Client.GetGrain<IJobGrain>(id);
            wentOn = (await TestGrid.EndOf(job)).Events.Single(one => one.Kind == "resumed").Seconds;
            whole = await job.Curve();
        }

        await using TestGrid later = await StartAsync();
        JobPoint[] kept = await later.Cluster.Client.GetGrain<IJobGrain>(id).Curve();
        while (kept.Length == 0)
        {
            kept = await later.Cluster.Client.GetGrain<IJobGrain>(id).Curve(); // until the store is read
        }

        Assert.Contains(whole, point => point.Seconds == wentOn);
        Assert.Equal(whole.Select(point => point.Seconds).Order(), whole.Select(point => point.Seconds));
        Assert.Equal(whole, kept.Take(whole.Length));
        Assert.Equal(500 * 2000L, kept[^1].Samples);
    }

    private Task<TestGrid> StartAsync() => TestGrid.StartAsync(2, options => options.Store = _store);
}
