using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class CallTests(GridFixture fixture)
{
    [Fact]
    public async Task A_key_has_one_activation_whoever_calls_it()
    {
        var key = Journal.NewKey();
        IGrainFactory[] factories = [fixture.Grid.Client, fixture.FirstFactory, fixture.SecondFactory];

        var lives = await Task.WhenAll(Enumerable.Range(0, 60).Select(
            call => Task.Run(() => factories[call % 3].GetGrain<IProbeGrain>(key).Life())));

        Assert.Single(lives.Distinct());
    }

    [Fact]
    public async Task Other_keys_are_other_grains()
    {
        var key = Journal.NewKey();

        Assert.NotEqual(await fixture.Probe(key + "a").Life(), await fixture.Probe(key + "b").Life());
    }

    [Fact]
    public async Task Value_tasks_come_back()
    {
        var probe = fixture.Probe(Journal.NewKey());

        await probe.Nothing();
        Assert.Equal(42, await probe.Twice(21));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_crosses_the_call_with_its_type_and_message(bool afterAwait)
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => fixture.Probe(Journal.NewKey()).Fail("offset 7 is damaged", afterAwait));

        Assert.Equal("offset 7 is damaged", error.Message);
    }

    [Fact]
    public async Task A_grain_goes_on_after_an_exception()
    {
        var probe = fixture.Probe(Journal.NewKey());
        var life = await probe.Life();

        await Assert.ThrowsAsync<InvalidDataException>(() => probe.Fail("no matter", false));

        Assert.Equal(life, await probe.Life());
    }

    [Fact]
    public async Task A_one_way_call_returns_before_the_method_ends()
    {
        var key = Journal.NewKey();

        await fixture.Probe(key).PassUnseen("letter");
        await Journal.Written(key, "letter begins");
        Assert.DoesNotContain("letter ends", Journal.Read(key));

        Journal.Open($"{key}/letter");
        await Journal.Written(key, "letter ends");
    }

    [Fact]
    public async Task The_error_of_a_one_way_call_is_nobodys()
    {
        var probe = fixture.Probe(Journal.NewKey());

        await probe.FailUnseen();

        await probe.Life();
    }

    [Fact]
    public async Task A_cancelled_token_reaches_the_grain_and_ends_the_call()
    {
        var key = Journal.NewKey();
        using var source = new CancellationTokenSource();
        var call = fixture.Probe(key).PassCancellable("work", source.Token);
        await Journal.Written(key, "work begins");

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Journal.Written(key, "work cancelled");
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_keeps_the_call_from_being_made()
    {
        var key = Journal.NewKey();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await fixture.Probe(key).PassCancellable("work", new CancellationToken(canceled: true)));

        Assert.Empty(Journal.Read(key));
    }

    [Fact]
    public async Task A_grain_that_is_passed_or_returned_can_be_called()
    {
        var key = Journal.NewKey();
        var echo = fixture.Grid.Client.GetGrain<IEchoGrain>(key);

        var self = await echo.Self();

        Assert.Equal(key, await echo.KeyOf(self));
    }
}
