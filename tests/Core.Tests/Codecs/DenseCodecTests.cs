using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Tests.Frames;
using OrleansSgd.Core.Vectors;

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
