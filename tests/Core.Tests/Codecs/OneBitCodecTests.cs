using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Tests.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Codecs;

public class OneBitCodecTests
{
    [Fact]
    public void Signs_are_sent_at_the_mean_magnitude_and_zeros_are_masked()
    {
        OneBitCodec codec = new(5, bucket: 16);
        ShardRange whole = new(0, 5);
        Assert.True(codec.TryBegin([0.5f, -1.5f, 1, 0, -1], 2));
        byte[] payload = new byte[codec.PayloadSize(whole)];

        double norm = codec.Write(whole, payload);

        // u = 1, −3, 2, 0, −2: four magnitudes of 2 on average.
        Assert.Equal(SampleFrames.Signs(16, 0, [2], null, [1, -1, 1, 0, -1], masked: true), payload);
        Assert.Equal(16, norm);
        Assert.Equal([-1, -1, 0, 0, 0], codec.Residual.ToArray());
        Assert.Equal(2.0 / 18, codec.Gamma, 15);
    }

    [Fact]
    public void Separate_means_are_those_of_either_sign()
    {
        OneBitCodec codec = new(4, bucket: 16, separateMeans: true);
        ShardRange whole = new(0, 4);
        Assert.True(codec.TryBegin([1, 3, -2, -4], 1));
        byte[] payload = new byte[codec.PayloadSize(whole)];

        codec.Write(whole, payload);

        Assert.Equal(SampleFrames.Signs(16, 0, [2], [3], [1, 1, -1, -1], masked: false), payload);
        Assert.Equal([-1, 1, 1, -1], codec.Residual.ToArray());
        Assert.Equal(4.0 / 30, codec.Gamma, 15);
    }

    [Fact]
    public void Error_is_exactly_one_minus_rho_squared()
    {
        foreach ((string name, Func<int, int, float[]> make) in Gradients.Sorts.Where(sort => sort.Name is not ("tiny" or "extreme")))
        {
            float[] gradient = make(3000, 4);
            OneBitCodec codec = new(3000, CodecPlan.BucketMax);
            CodecLaws.Send(codec, gradient, 1);
            double total = gradient.Sum(value => Math.Abs((double)value));
            int count = gradient.Count(value => value != 0);
            double expected = count == 0 ? 0 : 1 - (total * total / (count * CodecLaws.Distance(gradient)));

            // The scale is rounded to f32, which costs the square of its relative error; the rest is the order of additions.
            Assert.True(Math.Abs(codec.Gamma - expected) <= 1e-12, $"{name}: {codec.Gamma}, expected {expected}.");
        }
    }

    [Fact]
    public void Scale_of_the_euclidean_norm_is_caught_by_the_error()
    {
        float[] gradient = [4, 1, 1, 1];
        float wrong = MathF.Sqrt(19f / 4);
        float[] sent = [wrong, wrong, wrong, wrong];

        OneBitCodec codec = new(4, bucket: 16);
        CodecLaws.Send(codec, gradient, 1);

        Assert.Equal(1 - (49.0 / (4 * 19)), codec.Gamma, 12);
        Assert.True(CodecLaws.Distance(gradient, sent) / 19 > codec.Gamma + 0.01);
    }

    [Fact]
    public void Separate_means_are_never_further_from_the_update_than_one_mean()
    {
        foreach ((string name, Func<int, int, float[]> make) in Gradients.Sorts.Where(sort => sort.Name != "extreme"))
        {
            float[] gradient = make(3000, 4);
            OneBitCodec one = new(3000);
            OneBitCodec two = new(3000, separateMeans: true);
            CodecLaws.Send(one, gradient, 1);
            CodecLaws.Send(two, gradient, 1);

            Assert.True(two.Gamma <= one.Gamma + 1e-12, $"{name}: {two.Gamma} with separate means, {one.Gamma} with one.");
        }
    }

    [Fact]
    public void Coordinate_whose_gradient_is_always_zero_never_moves()
    {
        foreach (bool separateMeans in new[] { false, true })
        {
            OneBitCodec codec = new(1000, bucket: 64, separateMeans);
            for (int update = 0; update < 20; update++)
            {
                float[] gradient = [.. Gradients.Bell(1000, update).Select((value, i) => i % 3 == 0 ? 0 : value)];
                float[] arrived = CodecLaws.Send(codec, gradient, 0.1f, shardCount: 3);

                Assert.All(Enumerable.Range(0, 1000).Where(i => i % 3 == 0), i => Assert.Equal(0, arrived[i]));
                Assert.All(Enumerable.Range(0, 1000).Where(i => i % 3 != 0), i => Assert.NotEqual(0, arrived[i]));
            }
        }
    }

    [Fact]
    public void Mask_is_paid_for_only_in_ranges_with_a_zero()
    {
        float[] gradient = Gradients.Bell(1024, 3);
        gradient[1000] = -0f;
        OneBitCodec codec = new(1024);
        Assert.True(codec.TryBegin(gradient, 1));

        Assert.Equal(12 + 4 + 64, codec.PayloadSize(new ShardRange(0, 512)));
        Assert.Equal(12 + 4 + 64 + 64, codec.PayloadSize(new ShardRange(512, 1024)));
    }

    [Fact]
    public void Bucket_that_a_shard_boundary_cuts_has_its_scales_in_both_frames()
    {
        OneBitCodec codec = new(40, bucket: 16, separateMeans: true);
        Assert.True(codec.TryBegin(Gradients.Bell(40, 1), 1));
        byte[] left = Write(codec, new(0, 21));
        byte[] right = Write(codec, new(21, 40));

        // Two buckets each: plus, plus, minus, minus from byte 12 on.
        Assert.Equal(left[16..20], right[12..16]);
        Assert.Equal(left[24..28], right[20..24]);
    }

    [Fact]
    public void Range_of_zeros_has_no_payload()
    {
        OneBitCodec codec = new(40);
        float[] gradient = new float[40];
        gradient[30] = 1;
        Assert.True(codec.TryBegin(gradient, 1));

        Assert.Equal(PayloadKind.None, codec.KindOf(new(0, 30)));
        Assert.Empty(Write(codec, new(0, 30)));
        Assert.Equal(PayloadKind.Signs, codec.KindOf(new(30, 40)));
    }

    [Fact]
    public void Largest_finite_values_are_sent()
    {
        float[] gradient = [float.MaxValue, float.MinValue, float.MaxValue];

        Assert.Equal(gradient, CodecLaws.Send(new OneBitCodec(3), gradient, 1));
    }

    private static byte[] Write(OneBitCodec codec, ShardRange range)
    {
        byte[] payload = new byte[codec.PayloadSize(range)];
        codec.Write(range, payload);
        return payload;
    }
}
