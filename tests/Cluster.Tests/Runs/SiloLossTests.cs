using Orleans.TestingHost;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>Goal: a silo that dies takes nothing with it in silence. Method: kill one at a given ticket of a run.</summary>
public sealed class SiloLossTests
{
    // 250 000 updates: the run is still young when the silo dies, however fast the machine.
    private const int LongEpochs = 2_000;

    [Theory]
    [InlineData(50)]
    [InlineData(2_000)]
    [InlineData(10_000)]
    public async Task Run_goes_on_without_a_killed_silo_and_says_what_was_lost(long killAt)
    {
        await using TestGrid grid = await TestGrid.StartAsync(3);
        IJobGrain job = await grid.SubmitAsync(TestGrid.SmallPlan with
        {
            Run = TestGrid.SmallPlan.Run with { Epochs = LongEpochs, LeaseBatches = 4 },
        });
        await TestGrid.TicketsOf(job, killAt);

        await grid.Cluster.KillSiloAsync(await grid.SiloWithoutAsync(job));
        JobProgress progress = await TestGrid.EndOf(job);

        Assert.Null(progress.Error);
        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Equal(LongEpochs * 2000, progress.Samples);
        Assert.Equal(2, progress.Silos);
        JobEvent left = Assert.Single(progress.Events, e => e.Kind == "left");
        Assert.True(left.WorkersMoved > 0 && left.ShardsMoved > 0, left.ToString());
        Assert.InRange(progress.UpdatesLost, 0, progress.Tickets / 100);
        Assert.True(progress.Events[^1].TestAccuracy > 0.9, $"accuracy {progress.Events[^1].TestAccuracy}");
    }

    [Fact]
    public async Task Job_whose_coordinator_dies_with_its_silo_fails_and_says_so()
    {
        await using TestGrid grid = await TestGrid.StartAsync(3);
        IJobGrain job = await grid.SubmitAsync(TestGrid.SmallPlan with
        {
            Run = TestGrid.SmallPlan.Run with { Epochs = 1_000_000 },
        });
        await TestGrid.TicketsOf(job, 100);

        await grid.Cluster.KillSiloAsync(await grid.SiloOfAsync(job));
        JobProgress progress = await grid.Other(job).Progress(0);

        Assert.Equal(JobPhase.Failed, progress.Phase);
        Assert.Contains("its coordinator died with its silo", progress.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bsp_run_that_loses_a_silo_loses_no_update()
    {
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = RunPlan.Bsp, Epochs = LongEpochs } };
        await using TestGrid grid = await TestGrid.StartAsync(3);
        IJobGrain job = await grid.SubmitAsync(plan);
        await TestGrid.TicketsOf(job, 200);

        await grid.Cluster.KillSiloAsync(await grid.SiloWithoutAsync(job));
        JobProgress progress = await TestGrid.EndOf(job);

        Assert.Null(progress.Error);
        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Single(progress.Events, e => e.Kind == "left");
        Assert.Equal(LongEpochs * 2000, progress.Samples);
        Assert.Equal(0, progress.UpdatesLost);

        // At most the slots of two workers in the two newest rounds are computed again.
        Assert.InRange(progress.SamplesRepeated, 0, 2 * 2 * 16);
        Assert.True(progress.Events[^1].TestAccuracy > 0.9, $"accuracy {progress.Events[^1].TestAccuracy}");
    }

    [Fact]
    public async Task Real_digits_are_learnt_although_a_silo_dies_in_the_middle()
    {
        await using TestGrid grid = await TestGrid.StartAsync(3);
        IJobGrain job = await grid.SubmitAsync(new JobPlan
        {
            Name = "mnist",
            Data = new DataPlan { Kind = "mnist", Normalise = true },
            Model = new ModelPlan { Kind = ModelCatalog.Mlp, Hidden = [256] },
            Run = new RunPlan { Workers = 4, Shards = 4, Batch = 64, Epochs = 4, Rate = new SchedulePlan("cosine", 0.1) },
        });
        await TestGrid.TicketsOf(job, 1800);
        InProcessSiloHandle victim = await grid.SiloWithoutAsync(job);

        await grid.Cluster.KillSiloAsync(victim);
        JobProgress progress = await TestGrid.EndOf(job);

        Assert.Null(progress.Error);
        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Equal(4 * 60_000, progress.Samples);
        Assert.Single(progress.Events, e => e.Kind == "left");
        Assert.InRange(progress.UpdatesLost, 0, progress.Tickets / 100);
        Assert.True(progress.Events[^1].TestAccuracy >= 0.97, $"accuracy {progress.Events[^1].TestAccuracy}");
    }
}
