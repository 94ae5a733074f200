using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Codecs;

public class ThresholdCodecTests
{
    [Fact]
    public void Magnitudes_that_reach_the_threshold_are_sent_and_the_rest_is_kept()
    {
        ThresholdCodec codec = new(5, 0.25f);

        Assert.Equal([0, -0.5f, 0.25f, 1, 0], CodecLaws.Send(codec, [0.2f, -1, 0.5f, 2, -0.4f], 0.5f));
        Assert.Equal([0.1f, 0, 0, 0, -0.2f], codec.Residual.ToArray());
    }

    [Fact]
    public void Threshold_is_in_parameter_units_whatever_the_rate()
    {
        ThresholdCodec codec = new(1, 1);

        Assert.Equal([0], CodecLaws.Send(codec, [7], 0.125f));
        Assert.Equal([1.375f], CodecLaws.Send(codec, [0.5f], 1));
    }

    [Fact]
    public void Selection_equals_that_of_a_plain_comparison_at_every_length()
    {
        foreach (int dimension in Enumerable.Range(1, 40).Concat([4095, 4096, 4097, 10_000]))
        {
            float[] gradient = Gradients.Bell(dimension, 8);
            float[] expected = [.. gradient.Select(value => MathF.Abs(value) >= 0.7f ? value : 0)];

            Assert.Equal(expected, CodecLaws.Send(new ThresholdCodec(dimension, 0.7f), gradient, 1, Math.Min(3, dimension)));
        }
    }

    [Fact]
    public void No_residual_reaches_the_threshold_and_the_error_stays_below_its_bound()
    {
        ThresholdCodec codec = new(1000, 0.3f);
        for (int update = 0; update < 10; update++)
        {
            CodecLaws.Send(codec, Gradients.Bell(1000, update), 0.1f);

            Assert.All(codec.Residual.ToArray(), value => Assert.InRange(value, -0.29999998f, 0.29999998f));
            Assert.InRange(codec.Gamma * codec.UpdateNormSquared, 0, 1000 * 0.09);
        }
    }

    [Fact]
    public void Small_update_sends_nothing_and_large_one_everything()
    {
        ThresholdCodec codec = new(100, 0.5f, errorFeedback: false);
        ShardRange whole = new(0, 100);
        Assert.True(codec.TryBegin([.. Enumerable.Repeat(0.49f, 100)], 1));
        Assert.Equal(PayloadKind.None, codec.KindOf(whole));
        Assert.Equal(1, codec.Gamma);

        Assert.True(codec.TryBegin([.. Enumerable.Repeat(-0.51f, 100)], 1));
        Assert.Equal(PayloadKind.Dense, codec.KindOf(whole));
        Assert.Equal(0, codec.Gamma);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Threshold_that_is_not_above_zero_is_a_bug_of_the_caller(float threshold) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ThresholdCodec(4, threshold));
}
