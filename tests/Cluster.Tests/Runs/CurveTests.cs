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
        // It is not over before the test says so, however long the death of a silo takes.
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = RunPlan.Async, Epochs = 1_000_000, LeaseBatches = 4 } };
        string id;
        await using (TestGrid lost = await StartAsync())
        {
            IJobGrain job = await lost.SubmitAsync(plan);
            id = job.GetPrimaryKeyString();
            while ((await job.Progress(0)).CheckpointTicket == 0)
            {
                await job.Checkpoint();
            }

            // Together: the one that is left would go on with the job.
            await Task.WhenAll(lost.Cluster.Silos.ToArray().Select(lost.Cluster.KillSiloAsync));
        }

        JobPoint[] whole;
        JobProgress ended;
        double wentOn;
        await using (TestGrid grid = await StartAsync())
        {
            await grid.Cluster.Client.GetGrain<IGridGrain>(IGridGrain.Key).ResumeAll();
            IJobGrain job = grid.Cluster.Client.GetGrain<IJobGrain>(id);
            long taken = (await TestGrid.TicketsOf(job, 1)).Tickets;
            JobProgress later = await TestGrid.TicketsOf(job, taken + 100);
            wentOn = later.Events.Last(one => one.Kind == "resumed").Seconds;
            while ((await job.Curve())[^1].Seconds <= wentOn)
            {
                await job.WaitFor(++taken, eventsSeen: 0);
            }

            await job.Cancel();
            ended = await TestGrid.EndOf(job);
            whole = await job.Curve();
        }

        await using TestGrid last = await StartAsync();
        JobPoint[] kept = await last.Cluster.Client.GetGrain<IJobGrain>(id).Curve();
        while (kept.Length == 0)
        {
            kept = await last.Cluster.Client.GetGrain<IJobGrain>(id).Curve(); // until the store is read
        }

        Assert.Equal(JobPhase.Cancelled, ended.Phase);
        Assert.Contains(whole, point => point.Seconds == wentOn);
        Assert.Equal(whole.Select(point => point.Seconds).Order(), whole.Select(point => point.Seconds));
        Assert.Equal(whole, kept.Take(whole.Length));
        Assert.Equal(ended.Samples, kept[^1].Samples);
    }

    private Task<TestGrid> StartAsync() => TestGrid.StartAsync(2, options => options.Store = _store);
}
