using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>Goal: a run says of every sample how often it was used. Method: whole runs, undisturbed, disturbed and cut short.</summary>
public sealed class SampleUseTests
{
    private const int LongEpochs = 40;

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.VarianceBounded)]
    public async Task Every_epoch_of_an_undisturbed_run_says_that_its_samples_were_used_once(string mode)
    {
        await using TestGrid grid = await TestGrid.StartAsync(2);

        (JobProgress progress, _) = await grid.RunAsync(
            TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = mode } });

        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Equal((4 * 2000, 0, 0), Counts(progress.SampleUses!));
        Assert.Empty(progress.SampleUses!.Remarks);
        JobEvent[] epochs = [.. progress.Events.Where(one => one.Kind == "evaluated")];
        Assert.Equal(4, epochs[^1].Epoch); // epochs that end at the same time are evaluated as one
        Assert.All(epochs, epoch => Assert.Equal((2000, 0, 0), Counts(epoch.Samples!)));
    }

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    public async Task A_run_that_loses_a_silo_has_a_reason_for_every_sample_that_was_not_used_once(string mode)
    {
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = mode, Epochs = LongEpochs } };
        await using TestGrid grid = await TestGrid.StartAsync(3);
        IJobGrain job = await grid.SubmitAsync(plan);
        await TestGrid.TicketsOf(job, 200);

        await grid.Cluster.KillSiloAsync(await grid.SiloWithoutAsync(job));
        JobProgress progress = await TestGrid.EndOf(job);

        Assert.Equal(JobPhase.Completed, progress.Phase);
        SampleCounts uses = progress.SampleUses!;
        Assert.Equal(LongEpochs * 2000, uses.Count);
        Assert.Equal(uses.None, CountOf(uses, "lost") + CountOf(uses, "partial"));
        Assert.Equal(uses.Twice, CountOf(uses, "slot-repeated"));
        Assert.Equal(0, CountOf(uses, "not-yet") + CountOf(uses, "run-ended") + CountOf(uses, "unplaced"));
        Assert.Equal(progress.UpdatesLost + progress.UpdatesPartial == 0, uses.None == 0);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_says_what_it_never_used()
    {
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Epochs = 10_000 } };
        await using TestGrid grid = await TestGrid.StartAsync(2);
        IJobGrain job = await grid.SubmitAsync(plan);
        await TestGrid.TicketsOf(job, 200);

        await job.Cancel();
        SampleCounts uses = (await job.Progress(0)).SampleUses!;

        Assert.Equal(10_000L * 2000, uses.Count);
        Assert.Equal(uses.None, CountOf(uses, "run-ended"));
        Assert.InRange(uses.Once, 1, uses.Count - 1);
    }

    private static (long, long, long) Counts(SampleCounts uses) => (uses.Once, uses.Twice, uses.None);

    private static long CountOf(SampleCounts uses, string reason) => uses.Remarks.SingleOrDefault(remark => remark.Reason == reason)?.Count ?? 0;
}
