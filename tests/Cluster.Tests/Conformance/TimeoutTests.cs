using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class TimeoutTests(GridFixture fixture)
{
    [Fact]
    public async Task A_call_that_takes_too_long_fails_for_its_caller_but_runs_to_its_end()
    {
        var key = Journal.NewKey();

        await Assert.ThrowsAsync<TimeoutException>(() => fixture.Probe(key).PassInHaste("slow"));
        Assert.Equal(["slow begins"], Journal.Read(key));

        Journal.Open($"{key}/slow");
        await Journal.Written(key, "slow ends");
    }

    [Fact]
    public async Task A_call_whose_caller_gave_up_while_it_waited_never_begins()
    {
        var key = Journal.NewKey();
        var probe = fixture.Probe(key);
        var first = probe.Pass("first");
        await Journal.Written(key, "first begins");

        await Assert.ThrowsAsync<TimeoutException>(() => probe.PassInHaste("second"));
        Journal.Open($"{key}/first");
        await first;
        Journal.Open($"{key}/third");
        await probe.Pass("third");

        Assert.DoesNotContain("second begins", Journal.Read(key));
    }

    [Fact]
    public async Task A_ring_of_calls_waits_for_itself_until_it_times_out()
    {
        var key = Journal.NewKey();
        var ring = fixture.Grid.Client.GetGrain<IRingGrain>(key + "a");

        // Reentrancy along a chain of calls is not granted unless it is asked for.
        await Assert.ThrowsAsync<TimeoutException>(() => ring.Call([key + "b", key + "a"]));
    }
}
