using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class TimerTests(GridFixture fixture)
{
    private ITimerGrain Grain(string key) => fixture.Grid.Client.GetGrain<ITimerGrain>(key);

    [Fact]
    public async Task A_timer_ticks_again_and_again_inside_the_activation()
    {
        var key = Journal.NewKey();
        await Grain(key).Start("steady", interleave: false, once: false);

        await Journal.Written(key, "steady tick 1 inside");
        await Journal.Written(key, "steady tick 3 inside");
        await Grain(key).Stop("steady");
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once_until_it_is_changed()
    {
        var key = Journal.NewKey();
        await Grain(key).Start("single", interleave: false, once: true);
        await Journal.Written(key, "single tick 1 inside");
        await Grain(key).Start("other", interleave: false, once: false);
        await Journal.Written(key, "other tick 3 inside");
        Assert.Equal(1, await Grain(key).Ticks("single"));

        await Grain(key).Hasten("single");
        await Journal.Written(key, "single tick 2 inside");
        await Grain(key).Stop("other");
    }

    [Fact]
    public async Task A_tick_waits_for_the_call_that_runs()
    {
        var key = Journal.NewKey();
        await Grain(key).Start("free", interleave: true, once: false);
        var hold = Grain(key).Hold("call");
        await Journal.Written(key, "call begins");
        // Started by a timer that may interleave, so it comes into being while the call holds the grain.
        var waiting = Grain(key).Start("waiting", interleave: false, once: true);
        var ticks = await Grain(key).Ticks("free");
        await Journal.Written(key, $"free tick {ticks + 3} inside");
        Assert.DoesNotContain("waiting tick 1 inside", Journal.Read(key));

        Journal.Open($"{key}/call");
        await Task.WhenAll(hold, waiting);
        await Journal.Written(key, "waiting tick 1 inside");
        await Grain(key).Stop("free");
    }

    [Fact]
    public async Task A_timer_goes_on_after_a_tick_that_failed()
    {
        var key = Journal.NewKey();
        await Grain(key).Start("failing", interleave: false, once: false);

        await Journal.Written(key, "failing tick 2 inside");
        await Grain(key).Stop("failing");
    }

    [Fact]
    public async Task A_timer_ends_with_its_activation()
    {
        var key = Journal.NewKey();
        await Grain(key).Start("steady", interleave: false, once: false);
        await Journal.Written(key, "steady tick 1 inside");

        var gone = fixture.Grid.WaitForDeactivationAsync(Grain(key));
        await Grain(key).Leave();
        await gone.WaitAsync(Journal.Patience);

        await Journal.Written(key, "steady disposed");
        Assert.Equal(0, await Grain(key).Ticks("steady"));
    }
}
