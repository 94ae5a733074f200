using System.Globalization;
using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Core.Chaos;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo.Chaos;

namespace OrleansSgd.Cluster.Tests.Chaos;

/// <summary>Goal: under churn of every kind a run loses nothing, and in rounds it ends at the very bits of an undisturbed one. Method: scripts placed by tickets.</summary>
public sealed class ChaosRunTests
{
    private const int Epochs = 300; // 37 500 updates

    private static readonly ChaosScript Script = new(
        Seed: 3,
        [
            Event(1_000, ChaosEventKind.Join, ChaosTarget.Random),
            Event(4_000, ChaosEventKind.Slow, ChaosTarget.Member, undoneAfter: 2_000) with { Factor = 3 },
            Event(8_000, ChaosEventKind.Leave, ChaosTarget.Member, undoneAfter: 2_000),
            Event(13_000, ChaosEventKind.Kill, ChaosTarget.Member, undoneAfter: 2_000),
            Event(18_000, ChaosEventKind.Partition, ChaosTarget.Member, undoneAfter: 4_000),
            Event(26_000, ChaosEventKind.Kill, ChaosTarget.Member, undoneAfter: 1_000),
        ]);

    private static readonly string[] Kinds = ["Join", "Slow", "Slow", "Leave", "Join", "Kill", "Join", "Partition", "Heal", "Join", "Kill", "Join"];
    private static readonly string[] KindsUncut = ["Join", "Slow", "Slow", "Leave", "Join", "Kill", "Join", "Kill", "Join"];

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Ssp)]
    public async Task A_run_under_churn_of_every_kind_loses_no_update_and_no_sample(string mode)
    {
        (JobProgress progress, _, ChaosRun churn, bool canCut) = await RunAsync(PlanOf(mode), Script);

        Assert.Equal(canCut ? Kinds : KindsUncut, churn.Deeds.Select(deed => deed.Step.Kind.ToString()));
        Assert.All(churn.Deeds, deed => Assert.Null(deed.Step.Skipped));
        Assert.Equal((JobPhase.Completed, Epochs * 2000L), (progress.Phase, progress.Samples));
        Assert.Equal(0, progress.UpdatesLost);
        Assert.Empty(progress.Alarms);
        Assert.True(progress.Events[^1].TestAccuracy > 0.9, string.Create(CultureInfo.InvariantCulture, $"accuracy {progress.Events[^1].TestAccuracy}"));
    }

    [Fact]
    public async Task In_rounds_a_run_under_churn_ends_at_the_bits_of_an_undisturbed_one()
    {
        JobPlan plan = PlanOf(RunPlan.Bsp);
        (JobProgress progress, byte[] model, ChaosRun churn, bool canCut) = await RunAsync(plan, Script);

        (JobProgress calm, byte[] undisturbed, _, _) = await RunAsync(plan, new ChaosScript(3, []));

        Assert.Equal(canCut ? Kinds : KindsUncut, churn.Deeds.Select(deed => deed.Step.Kind.ToString()));
        Assert.Equal((JobPhase.Completed, JobPhase.Completed), (progress.Phase, calm.Phase));
        Assert.Equal(0, progress.UpdatesLost);
        Assert.Equal(undisturbed, model);
    }

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    public async Task Faults_that_are_due_at_once_come_one_after_the_other_and_nothing_is_lost(string mode)
    {
        ChaosScript script = new(
            Seed: 1,
            [
                Event(4_000, ChaosEventKind.Kill, ChaosTarget.Member, undoneAfter: 1),
                Event(4_002, ChaosEventKind.Kill, ChaosTarget.Member, undoneAfter: 1),
                Event(4_004, ChaosEventKind.Leave, ChaosTarget.Member, undoneAfter: 1),
                Event(4_006, ChaosEventKind.Kill, ChaosTarget.Member, undoneAfter: 1),
                Event(4_008, ChaosEventKind.Kill, ChaosTarget.Member),
            ]);

        (JobProgress progress, _, ChaosRun churn, _) = await RunAsync(PlanOf(mode), script);

        Assert.Equal(["Kill", "Join", "Kill", "Join", "Leave", "Join", "Kill", "Join", "Kill"], churn.Deeds.Select(deed => deed.Step.Kind.ToString()));
        Assert.All(churn.Deeds, deed => Assert.Null(deed.Step.Skipped));
        Assert.Equal((JobPhase.Completed, 0L, 0L), (progress.Phase, progress.UpdatesLost, progress.UpdatesPartial));
        Assert.Empty(progress.Alarms);
    }

    [Fact]
    public async Task The_record_of_a_run_is_a_script_of_the_same_steps_by_number()
    {
        (_, _, ChaosRun first, _) = await RunAsync(PlanOf(RunPlan.Async), Script);

        (_, _, ChaosRun again, _) = await RunAsync(PlanOf(RunPlan.Async), first.Record);

        Assert.Equal(
            first.Deeds.Select(deed => (deed.Step.Kind, deed.Step.Silo, deed.Step.Factor)), again.Deeds.Select(deed => (deed.Step.Kind, deed.Step.Silo, deed.Step.Factor)));
        Assert.True(first.Record.IsByTickets);
        Assert.Empty(first.Record.Mistakes());
    }

    private static JobPlan PlanOf(string mode) => TestGrid.SmallPlan with
    {
        Run = TestGrid.SmallPlan.Run with { Mode = mode, Epochs = Epochs, LeaseBatches = mode == RunPlan.Bsp ? TestGrid.SmallPlan.Run.LeaseBatches : 4 },
    };

    private static async Task<(JobProgress Progress, byte[] Model, ChaosRun Churn, bool CanCut)> RunAsync(JobPlan plan, ChaosScript script)
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(3);
        bool canCut = grid.Silos.CanPartition;
        if (!canCut)
        {
            script = script with { Events = [.. script.Events.Where(one => one.Kind != ChaosEventKind.Partition)] };
        }

        string job = await grid.SubmitAsync(plan);
        var churn = new ChaosRun(grid.Silos, script, TimeProvider.System, ChaosGrid.Deadline);
        await churn.PlayAsync(job, CancellationToken.None);
        JobProgress progress = await grid.TicketsOf(job, long.MaxValue);
        return (progress, (await grid.Job(job).Model(0, 4_000_000)).Values.ToArray(), churn, canCut);
    }

    private static ChaosEvent Event(long at, ChaosEventKind kind, ChaosTarget silo, long? undoneAfter = null) => new(ChaosTime.OfTickets(at), kind, silo)
    {
        UndoneAfter = undoneAfter is { } after ? ChaosTime.OfTickets(after) : null,
    };
}
