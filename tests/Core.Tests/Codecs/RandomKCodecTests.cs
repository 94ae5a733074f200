using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

public class RandomKCodecTests
{
    private const int UpdateCount = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(19)]
    [InlineData(20)]
    public void Exactly_so_many_are_sent_and_each_coordinate_and_pair_as_often(int count)
    {
        float[] gradient = Gradients.Bell(20, 3);
        RandomKCodec codec = new(20, count, errorFeedback: false, seed: 11);

        RequireUniform(count, _ => [.. CodecLaws.Send(codec, gradient, 1).Select(value => value != 0)]);
    }

    [Theory]
    [InlineData(0, new[] { 7, 523, 733, 920, 921 })]
    [InlineData(1, new[] { 24, 35, 292, 437, 974 })]
    public void Draw_is_that_of_an_independent_computation(long update, int[] expected)
    {
        RandomKCodec codec = new(1000, 5, seed: 1) { NextUpdate = update };
        float[] arrived = CodecLaws.Send(codec, [.. Enumerable.Repeat(1f, 1000)], 1);

        Assert.Equal(expected, Enumerable.Range(0, 1000).Where(i => arrived[i] != 0));
    }

    [Fact]
    public void Draw_of_a_run_of_coordinates_is_caught_as_uneven()
    {
        // Each coordinate comes up as often as any other, but neighbours come together.
        Random random = new(5);

        Assert.Throws<XunitException>(() => RequireUniform(5, _ =>
        {
            int first = random.Next(20);
            return [.. Enumerable.Range(0, 20).Select(i => (i - first + 20) % 20 < 5)];
        }));
    }

    [Fact]
    public void Values_are_sent_as_they_are_and_the_rest_is_kept()
    {
        RandomKCodec codec = new(4, 2, seed: 1);
        float[] arrived = CodecLaws.Send(codec, [1, 2, 3, 4], 0.5f);

        Assert.Equal(2, arrived.Count(value => value != 0));
        Assert.Equal([0.5f, 1, 1.5f, 2], arrived.Select((value, i) => value + codec.Residual[i]));
    }

    [Fact]
    public void Gamma_is_one_minus_the_share_sent_on_average()
    {
        float[] gradient = Gradients.Bell(200, 3);
        RandomKCodec codec = new(200, 30, errorFeedback: false, seed: 2);
        double mean = 0;
        for (int update = 0; update < UpdateCount; update++)
        {
            Assert.True(codec.TryBegin(gradient, 1));
            mean += codec.Gamma / UpdateCount;
        }

        // γ of one update is in [0, 1], so its standard deviation is at most 1/2; sampled ones are far closer.
        Sampling.RequireMean(1 - (30.0 / 200), mean, 0.05, UpdateCount, "gamma");
    }

    [Fact]
    public void Zeros_that_were_drawn_are_not_sent()
    {
        RandomKCodec codec = new(10, 10);
        Assert.True(codec.TryBegin([0, 0, 0, 1, 0, 0, 0, 0, -0f, 0], 1));

        Assert.Equal(PayloadKind.Sparse, codec.KindOf(new ShardRange(0, 10)));
        Assert.Equal(1, codec.EntryCount(new ShardRange(0, 10)));
        Assert.Equal(PayloadKind.None, codec.KindOf(new ShardRange(4, 10)));
    }

    [Fact]
    public void Count_out_of_range_is_a_bug_of_the_caller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomKCodec(4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomKCodec(4, 5));
    }

    private static void RequireUniform(int count, Func<int, bool[]> draw)
    {
        int[] single = new int[20];
        int pair = 0;
        for (int update = 0; update < UpdateCount; update++)
        {
            bool[] chosen = draw(update);
            Assert.Equal(count, chosen.Count(isChosen => isChosen));
            for (int i = 0; i < 20; i++)
            {
                single[i] += chosen[i] ? 1 : 0;
            }

            pair += chosen[6] && chosen[7] ? 1 : 0;
        }

        for (int i = 0; i < 20; i++)
        {
            RequireRate(count / 20.0, single[i], $"coordinate {i}");
        }

        RequireRate(count * (count - 1) / (20.0 * 19), pair, "a pair of neighbours");
    }

    private static void RequireRate(double expected, int hits, string what) => Sampling.RequireMean(
        expected, (double)hits / UpdateCount, Math.Sqrt(expected * (1 - expected)), UpdateCount, what);
}
