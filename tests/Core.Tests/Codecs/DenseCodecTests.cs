using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Tests.Frames;
using OrleansSgd.Core.Vectors;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

public class DenseCodecTests
{
    [Fact]
    public void Every_coordinate_is_sent_times_the_rate()
    {
        DenseCodec codec = new(3);
        Assert.True(codec.TryBegin([1, -2, 4], 0.5f));
        ShardRange range = new(1, 3);
        byte[] payload = new byte[codec.PayloadSize(range)];

        double norm = codec.Write(range, payload);

        Assert.Equal(PayloadKind.Dense, codec.KindOf(range));
        Assert.Equal(SampleFrames.Dense(-1, 2), payload);
        Assert.Equal(5, norm);
    }

    [Fact]
    public void Long_vectors_arrive_whole_for_any_number_of_shards()
    {
        foreach (int shardCount in new[] { 1, 2, 3, 7 })
        {
            float[] gradient = Gradients.Bell(10_007, 3);

            Assert.Equal(CodecLaws.SumOf([], gradient, 0.3f), CodecLaws.Send(new DenseCodec(10_007), gradient, 0.3f, shardCount));
        }
    }

    [Fact]
    public void Gradient_of_mostly_zeros_goes_as_entries_and_nothing_where_there_are_none()
    {
        DenseCodec codec = new(12);
        Assert.True(codec.TryBegin([0, 0, 3, 0, 0, -0f, 0, 0, 0, 0, 0, 0], 0.5f));
        ShardRange range = new(1, 7);
        byte[] payload = new byte[codec.PayloadSize(range)];

        double norm = codec.Write(range, payload);

        Assert.Equal((PayloadKind.Sparse, 2, 16), (codec.KindOf(range), codec.EntryCount(range), payload.Length));
        Assert.Equal([1u, 4u], FramePayload.Indices(payload, 2).ToArray());
        Assert.Equal([1.5f, -0f], FramePayload.Values(PayloadKind.Sparse, payload, 2).ToArray());
        Assert.Equal((2.25, 2.25), (norm, codec.UpdateNormSquared));
        Assert.Equal((PayloadKind.None, 0), (codec.KindOf(new ShardRange(7, 12)), codec.PayloadSize(new ShardRange(7, 12))));
    }

    [Fact]
    public void Range_of_which_most_is_not_zero_goes_whole_beside_one_that_is()
    {
        DenseCodec codec = new(12);
        Assert.True(codec.TryBegin([1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1));

        Assert.Equal((PayloadKind.Dense, 16), (codec.KindOf(new ShardRange(0, 4)), codec.PayloadSize(new ShardRange(0, 4))));
        Assert.Equal(PayloadKind.None, codec.KindOf(new ShardRange(4, 12)));
    }

    [Fact]
    public void Parameters_become_the_same_in_every_bit_as_by_a_dense_update() => Prop.ForAll(
        Gen.Choose(0, 256).Zip(Gen.Choose(1, 7)).Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(),
        one => Check(one.Item1.Item1, one.Item1.Item2, one.Item2)).QuickCheckThrowOnFailure();

    [Fact]
    public void Zero_of_which_the_sign_is_lost_is_caught() => Assert.ThrowsAny<XunitException>(
        () => Enumerable.Range(0, 50).ToList().ForEach(seed => Check(30, 2, seed, gradient => gradient.AsSpan().Replace(-0f, 0f))));

    // Of so many of 256 values, that are not zero, some are −0.
    private static void Check(int density, int shardCount, int seed, Action<float[]>? plant = null)
    {
        const int Dimension = 6_001;
        var random = new SeededRandom((ulong)seed, stream: 1);
        float[] gradient = Gradients.Bell(Dimension, seed);
        for (int i = 0; i < Dimension; i++)
        {
            gradient[i] = random.NextInt(256) >= density ? 0 : random.NextInt(4) == 0 ? -0f : gradient[i];
        }

        float[] parameters = [.. Gradients.Bell(Dimension, seed / 2).Select((value, i) => i % 3 == 0 ? -0f : value)];
        float[] expected = [.. parameters.Zip(gradient, (x, g) => x - (0.3f * g))];
        plant?.Invoke(gradient);
        DenseCodec codec = new(Dimension);
        Assert.True(codec.TryBegin(gradient, 0.3f));
        var map = new ShardMap(Dimension, shardCount);
        for (int shard = 0; shard < map.Count; shard++)
        {
            ShardRange range = map[shard];
            byte[] payload = new byte[codec.PayloadSize(range)];
            codec.Write(range, payload);
            FramePayload.Validate(codec.KindOf(range), payload, codec.EntryCount(range), range.Length);
            FramePayload.SubtractFrom(parameters.AsSpan(range.Start, range.Length), codec.KindOf(range), payload, codec.EntryCount(range));
        }

        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), parameters.Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData(float.NaN, 1f)]
    [InlineData(float.PositiveInfinity, 0f)]
    [InlineData(float.MaxValue, 2f)]
    [InlineData(float.MinValue, 2f)]
    public void Update_that_is_not_finite_is_refused(float bad, float rate)
    {
        DenseCodec codec = new(20);
        float[] gradient = new float[20];
        gradient[17] = bad;

        Assert.False(codec.TryBegin(gradient, rate));

        Assert.Throws<InvalidOperationException>(() => codec.Write(new ShardRange(0, 20), new byte[80]));
    }

    [Fact]
    public void There_is_no_residual()
    {
        DenseCodec codec = new(2);
        CodecLaws.Send(codec, [1, 2], 1);

        Assert.True(codec.Residual.IsEmpty);
        Assert.Equal(0, codec.ResidualNormSquared);
        codec.LoadResidual([]);
        Assert.Throws<ArgumentException>(() => codec.LoadResidual([1, 2]));
    }

    [Fact]
    public void Largest_update_of_finite_values_is_accepted() =>
        Assert.True(new DenseCodec(2).TryBegin([float.MaxValue, float.MinValue], 1));
}
