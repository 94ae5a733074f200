using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Chaos;

/// <summary>Goal: where the plan says how many workers one silo takes on, their number follows the silos, and no sample is used twice or left out for it.</summary>
public sealed class ElasticWorkersTests
{
    [Theory]
    [InlineData(RunPlan.Async, RunPlan.ScaleBatch, 1.0, 1.5)]
    [InlineData(RunPlan.Async, RunPlan.ScaleRate, 1.5, 1.0)]
    [InlineData(RunPlan.Ssp, RunPlan.ScaleNothing, 1.0, 1.0)]
    public async Task Workers_come_and_go_with_silos(string mode, string scaling, double rateScale, double batchScale)
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(2);
        JobPlan plan = TestGrid.SmallPlan with
        {
            Run = TestGrid.SmallPlan.Run with { Mode = mode, Workers = 6, WorkersPerSilo = 2, Scaling = scaling, Epochs = 300, LeaseBatches = 4 },
        };
        string job = await grid.SubmitAsync(plan);
        Assert.InRange((await grid.TicketsOf(job, 500)).WorkersLive, 1, 4);

        await grid.Silos.AddSiloAsync();
        JobProgress grown = await UntilAsync(grid, job, progress => progress.WorkersLive == 6);
        await grid.Silos.LeaveAsync(await grid.MemberOf(job), ChaosGrid.Deadline);
        JobProgress shrunk = await UntilAsync(grid, job, progress => progress.WorkersLive == 4);
        JobProgress ended = await grid.TicketsOf(job, long.MaxValue);

        Assert.Equal(JobPhase.Completed, ended.Phase);
        Assert.Equal((6, 1.0, 1.0), Scales(grown.Events.Last(one => one.Kind == "workers")));
        Assert.Equal((4, rateScale, batchScale), Scales(shrunk.Events.Last(one => one.Kind == "workers")));
        Assert.Equal((0, 0, ended.SamplesTotal), (ended.UpdatesLost, ended.UpdatesPartial, ended.SampleUses!.Once));
    }

    private static (int, double, double) Scales(JobEvent change) => (change.Workers, change.RateScale, change.BatchScale);

    private static async Task<JobProgress> UntilAsync(ChaosGrid grid, string job, Func<JobProgress, bool> isThere)
    {
        JobProgress progress = await grid.Job(job).Progress(eventsSeen: 0);
        while (!isThere(progress))
        {
            Assert.False(progress.IsOver, $"The run ended with {progress.WorkersLive} workers.");
            progress = await grid.TicketsOf(job, progress.Tickets + 50);
        }

        return progress;
    }
}
