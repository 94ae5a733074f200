using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Tests.Frames;
using OrleansSgd.Core.Vectors;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

public class QsgdCodecTests
{
    private const int UpdateCount = 20_000;

    [Fact]
    public void Values_that_are_whole_steps_are_sent_exactly()
    {
        QsgdCodec codec = new(4, levels: 5, bucket: 16, errorFeedback: false);
        Assert.True(codec.TryBegin([3, 0, -4, 0], 2));
        ShardRange whole = new(0, 4);
        byte[] payload = new byte[codec.PayloadSize(whole)];

        double norm = codec.Write(whole, payload);

        // Norm 10 in five steps of 2; four bits hold −5 .. 5.
        Assert.Equal(PayloadKind.Levels, codec.KindOf(whole));
        Assert.Equal(4, codec.EntryCount(whole));
        Assert.Equal(SampleFrames.Levels(16, 0, 4, [2], [3, 0, -4, 0]), payload);
        Assert.Equal(100, norm);
        Assert.Equal(0, codec.Gamma);
    }

    [Fact]
    public void With_error_feedback_the_step_is_shrunk_and_the_rest_is_kept()
    {
        // s = 4, n = 16: ω = 1, so half of each value is sent.
        QsgdCodec codec = new(16, levels: 4, bucket: 16);
        float[] gradient = new float[16];
        gradient[3] = -8;

        Assert.Equal(-4, CodecLaws.Send(codec, gradient, 1)[3]);
        Assert.Equal(-4, codec.Residual[3]);
        Assert.Equal(0.25, codec.Gamma);
        Assert.Equal(64, codec.UpdateNormSquared);
    }

    [Fact]
    public void Mean_of_many_roundings_is_the_value()
    {
        foreach (int levels in new[] { 1, 4, 127 })
        {
            QsgdCodec codec = new(100, levels, bucket: 32, errorFeedback: false, seed: 77);
            float[] gradient = Gradients.Bell(100, 12);

            RequireUnbiased(gradient, levels, 32, _ => CodecLaws.Send(codec, gradient, 1));
        }
    }

    [Fact]
    public void Rounding_to_the_nearest_level_is_caught_as_biased()
    {
        float[] gradient = Gradients.Bell(100, 12);
        float[] steps = [.. Enumerable.Range(0, 100).Select(i => StepAt(gradient, i, 4, 32))];
        float[] nearest = [.. gradient.Select((value, i) => MathF.Round(value / steps[i]) * steps[i])];

        Assert.Throws<XunitException>(() => RequireUnbiased(gradient, 4, 32, _ => nearest));
    }

    [Fact]
    public void Variance_is_within_its_factor_and_shrinking_makes_it_a_contraction()
    {
        foreach ((int levels, int bucket) in new[] { (1, 16), (4, 64), (31, 512) })
        {
            float[] gradient = Gradients.Bell(512, 13);
            double factor = QsgdCodec.VarianceFactor(bucket, levels);
            QsgdCodec unbiased = new(512, levels, bucket, errorFeedback: false, seed: 3);
            QsgdCodec shrunk = new(512, levels, bucket, errorFeedback: true, seed: 3);
            double unbiasedMean = 0;
            double shrunkMean = 0;
            for (int update = 0; update < 1000; update++)
            {
                Assert.True(unbiased.TryBegin(gradient, 1));
                shrunk.ClearResidual();
                Assert.True(shrunk.TryBegin(gradient, 1));
                unbiasedMean += unbiased.Gamma / 1000;
                shrunkMean += shrunk.Gamma / 1000;
            }

            // Far below the bounds for values that are alike, so no tolerance is needed.
            Assert.InRange(unbiasedMean, 0, factor);
            Assert.InRange(shrunkMean, 0, factor / (1 + factor));
        }
    }

    [Fact]
    public void No_value_is_further_off_than_one_step()
    {
        foreach (int levels in new[] { 1, 2, 31, 127 })
        {
            foreach ((string name, Func<int, int, float[]> make) in Gradients.Sorts.Where(sort => sort.Name != "extreme"))
            {
                float[] gradient = make(3000, 5);
                float[] arrived = CodecLaws.Send(new QsgdCodec(3000, levels, 512, errorFeedback: false, seed: 5), gradient, 1);
                for (int i = 0; i < gradient.Length; i++)
                {
                    float step = StepAt(gradient, i, levels, 512);
                    Assert.True(
                        Math.Abs((double)arrived[i] - gradient[i]) <= step && (gradient[i] != 0 || arrived[i] == 0),
                        $"{name}, s = {levels}, coordinate {i}: {gradient[i]} arrived as {arrived[i]} with steps of {step}.");
                }
            }
        }
    }

    [Theory]
    [InlineData(0, "011111101111111111110111110111011010")]
    [InlineData(1, "110110110101010010101111101111011101")]
    public void Rounding_is_that_of_an_independent_computation(long update, string levels)
    {
        // Thirty-six ones: norm 6, four steps of 1.5, so each becomes one step two times of three.
        QsgdCodec codec = new(36, levels: 4, bucket: 64, errorFeedback: false, seed: 7) { NextUpdate = update };
        float[] arrived = CodecLaws.Send(codec, [.. Enumerable.Repeat(1f, 36)], 1);

        Assert.Equal(levels.Select(digit => digit == '1' ? 1.5f : 0), arrived);
    }

    [Fact]
    public void Rounding_eight_at_a_time_and_one_by_one_agree()
    {
        // One coordinate less, and a 0, make the same norm; 31 go one by one, 32 all at once.
        float[] gradient = [.. Enumerable.Range(0, 31).Select(i => (float)((i * 7 % 13) - 6))];

        for (ulong seed = 0; seed < 100; seed++)
        {
            float[] singly = CodecLaws.Send(new QsgdCodec(31, 7, 32, errorFeedback: false, seed), gradient, 1);
            float[] together = CodecLaws.Send(new QsgdCodec(32, 7, 32, errorFeedback: false, seed), [.. gradient, 0], 1);
            Assert.Equal(singly, together[..31]);
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(31, 6)]
    [InlineData(63, 7)]
    [InlineData(127, 8)]
    public void Value_takes_as_many_bits_as_its_levels_need(int levels, int bits)
    {
        QsgdCodec codec = new(1000, levels, bucket: 104);
        Assert.True(codec.TryBegin(Gradients.Bell(1000, 1), 1));

        Assert.Equal(12 + (10 * 4) + (1000 * bits / 8), codec.PayloadSize(new ShardRange(0, 1000)));
    }

    [Fact]
    public void Bucket_that_a_shard_boundary_cuts_has_its_step_in_both_frames()
    {
        QsgdCodec codec = new(40, levels: 7, bucket: 16);
        Assert.True(codec.TryBegin(Gradients.Bell(40, 1), 1));
        byte[] left = Write(codec, new(0, 21));
        byte[] right = Write(codec, new(21, 40));

        Assert.Equal(2, (left.Length - 12 - 11) / 4);
        Assert.Equal(left[16..20], right[12..16]);
        Assert.Equal([5, 0, 0, 0], right[4..8]);
    }

    [Fact]
    public void Range_of_zeros_has_no_payload()
    {
        QsgdCodec codec = new(40, levels: 7, bucket: 16);
        float[] gradient = new float[40];
        gradient[30] = 1;
        Assert.True(codec.TryBegin(gradient, 1));

        Assert.Equal(PayloadKind.None, codec.KindOf(new(0, 30)));
        Assert.Empty(Write(codec, new(0, 30)));
        Assert.NotEmpty(Write(codec, new(30, 40)));
    }

    [Fact]
    public void Bucket_whose_norm_no_float_holds_is_refused()
    {
        QsgdCodec codec = new(1000, levels: 127);

        Assert.False(codec.TryBegin(Gradients.Sorts.Single(sort => sort.Name == "extreme").Make(1000, 1), 1));

        Assert.Equal(0, codec.ResidualNormSquared);
    }

    [Fact]
    public void Settings_out_of_range_are_a_bug_of_the_caller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new QsgdCodec(10, levels: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QsgdCodec(10, levels: 128));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QsgdCodec(10, bucket: 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QsgdCodec(10, bucket: 8));
    }

    private static byte[] Write(QsgdCodec codec, ShardRange range)
    {
        byte[] payload = new byte[codec.PayloadSize(range)];
        codec.Write(range, payload);
        return payload;
    }

    // One draw is off by at most a step, and by half a step in the mean square at most.
    private static void RequireUnbiased(float[] gradient, int levels, int bucket, Func<int, float[]> send)
    {
        double[] means = new double[gradient.Length];
        for (int update = 0; update < UpdateCount; update++)
        {
            float[] arrived = send(update);
            for (int i = 0; i < means.Length; i++)
            {
                means[i] += (double)arrived[i] / UpdateCount;
            }
        }

        for (int i = 0; i < means.Length; i++)
        {
            Sampling.RequireMean(gradient[i], means[i], StepAt(gradient, i, levels, bucket) / 2, UpdateCount, $"coordinate {i}, s = {levels}");
        }
    }

    // The step by its definition, and the one ulp that it may be rounded up by.
    private static float StepAt(float[] gradient, int coordinate, int levels, int bucket)
    {
        float[] own = gradient[(coordinate / bucket * bucket)..Math.Min(gradient.Length, (coordinate / bucket + 1) * bucket)];
        return MathF.BitIncrement((float)(Math.Sqrt(CodecLaws.Distance(own)) / levels));
    }
}
