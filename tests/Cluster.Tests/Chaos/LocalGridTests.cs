using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Silo;

namespace OrleansSgd.Cluster.Tests.Chaos;

/// <summary>Goal: silos of one process come, leave, die and slow down at a word, and whoever asks is told the truth about them.</summary>
public sealed class LocalGridTests
{
    [Fact]
    public async Task A_silo_that_comes_has_the_lowest_number_that_is_free()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(3);
        await grid.Silos.KillAsync(1);

        LocalSilo added = await grid.Silos.AddSiloAsync();
        LocalSilo next = await grid.Silos.AddSiloAsync();

        Assert.Equal((1, "silo-1", LocalSiloState.Active), (added.Index, added.Name, added.State));
        Assert.Equal(3, next.Index);
        Assert.Equal([0, 1, 2, 3], grid.Silos.Silos.Select(silo => silo.Index));
        Assert.Equal(4, grid.Silos.Silos.Select(silo => silo.Address).Distinct().Count());
        Assert.Equal(4, (await grid.Silos.Grains.GetGrain<IManagementGrain>(0).GetHosts(true)).Count);
    }

    [Fact]
    public async Task The_first_silo_may_die_and_calls_go_on_through_another()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(2);
        if (!grid.Silos.CanPartition)
        {
            Assert.Equal(2, grid.Silos.Silos.Count); // Orleans' clustering for one machine keeps the membership in the first silo
            return;
        }

        await grid.Silos.KillAsync(0);

        Assert.Single(await grid.Silos.Grains.GetGrain<IManagementGrain>(0).GetHosts(true));
        Assert.Empty(await grid.Silos.Grains.GetGrain<IGridGrain>(IGridGrain.Key).List());
    }

    [Fact]
    public async Task Scaling_adds_silos_and_lets_the_highest_numbers_leave()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(1);

        await grid.Silos.ScaleToAsync(4, ChaosGrid.Deadline);
        Assert.Equal([0, 1, 2, 3], grid.Silos.Silos.Select(silo => silo.Index));

        await grid.Silos.ScaleToAsync(2, ChaosGrid.Deadline);
        Assert.Equal([0, 1], grid.Silos.Silos.Select(silo => silo.Index));
    }

    [Fact]
    public async Task What_no_silo_can_be_told_is_refused_with_those_that_run()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(2);

        Assert.Contains("0 (Active), 1 (Active)", (await Assert.ThrowsAsync<ArgumentException>(() => grid.Silos.KillAsync(7))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => grid.Silos.AddSiloAsync(1));
        await Assert.ThrowsAsync<ArgumentException>(() => grid.Silos.HealAsync(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => grid.Silos.Slow(1, 0.5));
    }

    [Fact]
    public async Task The_last_silo_leaves_without_waiting_for_anybody_to_take_over()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(1);

        Assert.False(await grid.Silos.LeaveAsync(0, TimeSpan.FromMinutes(10)));

        Assert.Empty(grid.Silos.Silos);
        Assert.Throws<InvalidOperationException>(() => grid.Silos.Grains);
    }

    [Fact]
    public async Task A_silo_that_leaves_hands_over_what_it_has_and_the_run_loses_nothing()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(3);
        JobPlan plan = TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Epochs = 400 } };
        string job = await grid.SubmitAsync(plan);
        await grid.TicketsOf(job, 500);

        bool isClear = await grid.Silos.LeaveAsync(await grid.MemberOf(job), ChaosGrid.Deadline);
        JobProgress progress = await grid.TicketsOf(job, long.MaxValue);

        Assert.True(isClear);
        Assert.Equal(JobPhase.Completed, progress.Phase);
        Assert.Equal((0, 0, 0), (progress.UpdatesLost, progress.UpdatesPartial, progress.SamplesRepeated));
        Assert.Equal(400 * 2000, progress.Samples);
    }

    [Fact]
    public async Task A_slow_silo_slows_a_run_in_rounds_and_its_speed_comes_back()
    {
        await using ChaosGrid grid = await ChaosGrid.StartAsync(2);
        string job = await grid.SubmitAsync(TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Mode = RunPlan.Bsp, Epochs = 1000 } });
        await grid.TicketsOf(job, 200);
        foreach (LocalSilo silo in grid.Silos.Silos)
        {
            grid.Silos.Slow(silo.Index, 50);
        }

        await grid.TicketsOf(job, 1000);
        foreach (LocalSilo silo in grid.Silos.Silos)
        {
            grid.Silos.Slow(silo.Index, 1);
        }

        JobProgress progress = await grid.TicketsOf(job, long.MaxValue);
        Assert.Equal((JobPhase.Completed, 1000 * 2000L), (progress.Phase, progress.Samples));
    }
}
