using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class ContextTests(GridFixture fixture)
{
    [Fact]
    public async Task The_request_context_travels_with_the_call()
    {
        RequestContext.Set("colour", "green");

        Assert.Equal("green", await fixture.Probe(Journal.NewKey()).ContextValue("colour"));
    }

    [Fact]
    public async Task What_a_grain_sets_does_not_travel_back()
    {
        var probe = fixture.Probe(Journal.NewKey());
        RequestContext.Set("colour", "green");

        await probe.SetContextValue("colour", "red");
        await probe.SetContextValue("shape", "round");

        Assert.Equal("green", RequestContext.Get("colour"));
        Assert.Null(RequestContext.Get("shape"));
    }

    [Fact]
    public async Task What_one_call_sets_is_not_there_in_the_next()
    {
        var probe = fixture.Probe(Journal.NewKey());

        await probe.SetContextValue("colour", "red");

        Assert.Null(await probe.ContextValue("colour"));
    }

    [Fact]
    public async Task Other_ambient_values_of_the_caller_do_not_reach_the_grain()
    {
        ProbeGrain.Ambient.Value = "mine";

        Assert.Null(await fixture.Probe(Journal.NewKey()).AmbientValue());
        Assert.Equal("mine", ProbeGrain.Ambient.Value);
    }
}
