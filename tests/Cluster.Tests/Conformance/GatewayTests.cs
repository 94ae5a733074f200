using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>Goal: a client that reaches its grid over the network calls as one inside does. Method: a silo and clients on loopback ports.</summary>
public sealed class GatewayTests(GatewayHosts hosts) : IClassFixture<GatewayHosts>
{
    private IProbeGrain Probe(string key) => hosts.Client.GetGrain<IProbeGrain>(key);

    private IEchoGrain Echo => hosts.Client.GetGrain<IEchoGrain>(Journal.NewKey());

    [Fact]
    public async Task A_grain_is_the_same_from_outside_and_from_inside()
    {
        var key = Journal.NewKey();

        Assert.Equal(await hosts.Inside.GetGrain<IProbeGrain>(key).Life(), await Probe(key).Life());
    }

    [Fact]
    public async Task Value_tasks_come_back()
    {
        var probe = Probe(Journal.NewKey());

        await probe.Nothing();
        Assert.Equal(42, await probe.Twice(21));
        Assert.Equal(-42, await probe.Twice(-21));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_crosses_with_its_type_and_message(bool afterAwait)
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Probe(Journal.NewKey()).Fail("offset 7 is damaged", afterAwait));

        Assert.Equal("offset 7 is damaged", error.Message);
    }

    [Fact]
    public async Task Many_calls_are_under_way_on_one_connection()
    {
        var key = Journal.NewKey();
        var waiting = Enumerable.Range(0, 100).Select(call => Probe($"{key}-{call}").Pass("gate")).ToArray();

        var twice = await Task.WhenAll(Enumerable.Range(0, 400).Select(async value => await Probe($"{key}-quick").Twice(value)));

        Assert.Equal(Enumerable.Range(0, 400).Select(value => 2 * value), twice);
        for (var call = 0; call < waiting.Length; call++)
        {
            Journal.Open($"{key}-{call}/gate");
        }

        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_cancelled_token_reaches_the_grain_and_ends_the_call()
    {
        var key = Journal.NewKey();
        using var source = new CancellationTokenSource();
        var call = Probe(key).PassCancellable("work", source.Token);
        await Journal.Written(key, "work begins");

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Journal.Written(key, "work cancelled");
    }

    [Fact]
    public async Task A_call_that_takes_longer_than_its_method_allows_times_out()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Probe(Journal.NewKey()).PassInHaste("never opened"));
    }

    [Fact]
    public async Task A_one_way_call_returns_before_the_method_ends()
    {
        var key = Journal.NewKey();

        await Probe(key).PassUnseen("letter");
        await Journal.Written(key, "letter begins");
        Journal.Open($"{key}/letter");
        await Journal.Written(key, "letter ends");
    }

    [Fact]
    public async Task Values_of_the_request_context_travel_with_the_call()
    {
        RequestContext.Set("colour", "blue");

        Assert.Equal("blue", await Probe(Journal.NewKey()).ContextValue("colour"));
        RequestContext.Clear();
    }

    [Fact]
    public async Task A_grain_that_is_passed_or_returned_can_be_called()
    {
        var key = Journal.NewKey();
        var echo = hosts.Client.GetGrain<IEchoGrain>(key);

        Assert.Equal(key, await echo.KeyOf(await echo.Self()));
    }

    [Fact]
    public async Task Members_with_an_id_travel_and_others_do_not()
    {
        var echo = Echo;

        await echo.Keep(new Letter { Text = "sent", Numbers = [1, -2], NotSent = "kept at home", Bytes = [7], Enclosed = new() { Text = "inner" } });

        var kept = await echo.Kept();
        Assert.Equal(("sent", null, "inner"), (kept.Text, kept.NotSent, kept.Enclosed!.Text));
        Assert.Equal([1, -2], kept.Numbers);
        Assert.Equal([7], kept.Bytes);
    }

    [Fact]
    public async Task One_object_sent_twice_arrives_as_one_object()
    {
        var letter = new Letter();

        Assert.True(await Echo.AreSame([letter, letter]));
        Assert.False(await Echo.AreSame([new(), new()]));
    }

    [Fact]
    public async Task A_value_that_points_at_itself_travels()
    {
        var echo = Echo;
        var letter = new Letter { Text = "ring" };
        letter.Enclosed = letter;

        await echo.Keep(letter);

        var kept = await echo.Kept();
        Assert.Same(kept, kept.Enclosed);
    }

    [Fact]
    public async Task Immutable_values_tuples_and_dictionaries_arrive_equal()
    {
        var fact = await Echo.Repeat(new Fact("answer", [4, 2]));
        var value = new Dictionary<string, (int, double)> { ["a"] = (1, 0.5), ["b"] = (2, -0.5) };

        Assert.Equal("answer", fact.Name);
        Assert.Equal([4, 2], fact.Numbers.ToArray());
        Assert.Equal(value, await Echo.Tuples(value));
    }

    [Fact]
    public async Task A_piece_of_a_model_travels_whole()
    {
        var echo = Echo;
        var bytes = new byte[4_000_000];
        new Random(7).NextBytes(bytes);

        await echo.KeepBytes(bytes);

        Assert.Equal(bytes, await echo.KeptBytes());
    }

    [Fact]
    public async Task A_type_nobody_can_send_is_refused_and_the_connection_goes_on()
    {
        var error = await Record.ExceptionAsync(async () => await Echo.Take(new Stowaway()));

        Assert.IsType<Orleans.Serialization.CodecNotFoundException>(error);
        Assert.Equal(4, await Probe(Journal.NewKey()).Twice(2));
    }

    [Fact]
    public void Whatever_is_nested_arrives_equal()
    {
        var echo = Echo;
        Prop.ForAll<int[][]>(rows =>
        {
            var answer = echo.Nested([.. rows]).GetAwaiter().GetResult();
            return answer.Count == rows.Length && answer.Zip(rows).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        }).Check(Config.QuickThrowOnFailure.WithReplay(20_266, 7));
    }

    [Fact]
    public async Task A_client_of_another_cluster_is_not_let_in()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => hosts.ConnectAsync("another-cluster").WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_client_without_a_silo_is_told_so()
    {
        var nowhere = new GatewayHosts();

        await Assert.ThrowsAnyAsync<Exception>(() => nowhere.ConnectAsync().WaitAsync(TimeSpan.FromMinutes(1)));
    }
}
