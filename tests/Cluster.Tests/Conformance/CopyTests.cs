using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

[Collection(SharedGrid.Name)]
public sealed class CopyTests(GridFixture fixture)
{
    private IEchoGrain Echo => fixture.FirstFactory.GetGrain<IEchoGrain>(Journal.NewKey());

    [Fact]
    public async Task An_argument_changed_after_the_call_does_not_reach_the_grain()
    {
        var echo = Echo;
        var letter = new Letter { Text = "sent", Numbers = [1, 2] };

        await echo.Keep(letter);
        letter.Text = "changed";
        letter.Numbers.Add(3);

        var kept = await echo.Kept();
        Assert.Equal("sent", kept.Text);
        Assert.Equal([1, 2], kept.Numbers);
    }

    [Fact]
    public async Task A_block_of_bytes_changed_after_the_call_does_not_reach_the_grain()
    {
        var echo = Echo;
        byte[] bytes = [1, 2, 3];

        await echo.KeepBytes(bytes);
        bytes[0] = 99;

        Assert.Equal([1, 2, 3], await echo.KeptBytes());
    }

    [Fact]
    public async Task A_result_changed_by_the_caller_does_not_reach_the_grain()
    {
        var echo = Echo;
        await echo.Keep(new Letter { Numbers = [1] });

        (await echo.Kept()).Numbers.Add(2);

        Assert.Equal([1], (await echo.Kept()).Numbers);
    }

    [Fact]
    public async Task Members_without_an_id_do_not_travel()
    {
        var echo = Echo;

        await echo.Keep(new Letter { Text = "sent", NotSent = "kept at home", Bytes = [7] });

        var kept = await echo.Kept();
        Assert.Null(kept.NotSent);
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
    public async Task An_immutable_value_arrives_equal()
    {
        var fact = new Fact("answer", [4, 2]);

        var repeated = await Echo.Repeat(fact);

        Assert.Equal(fact.Name, repeated.Name);
        Assert.Equal(fact.Numbers.ToArray(), repeated.Numbers.ToArray());
    }

    [Fact]
    public async Task A_type_nobody_can_send_is_refused()
    {
        var error = await Record.ExceptionAsync(async () => await Echo.Take(new Stowaway()));

        Assert.IsType<Orleans.Serialization.CodecNotFoundException>(error);
    }

    [Fact]
    public async Task Tuples_in_dictionaries_travel()
    {
        var value = new Dictionary<string, (int, double)> { ["a"] = (1, 0.5), ["b"] = (2, -0.5) };

        Assert.Equal(value, await Echo.Tuples(value));
    }

    [Fact]
    public void Whatever_is_nested_arrives_equal_and_apart()
    {
        var echo = Echo;
        Prop.ForAll<int[][]>(rows =>
        {
            var value = rows.ToList();
            var answer = echo.Nested(value).GetAwaiter().GetResult();
            return answer.Count == rows.Length
                && answer.Zip(rows).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second) && (pair.Second.Length == 0 || !ReferenceEquals(pair.First, pair.Second)));
        }).Check(Config.QuickThrowOnFailure.WithReplay(20_261, 7));
    }
}
