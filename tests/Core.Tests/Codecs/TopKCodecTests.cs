using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Tests.Frames;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Codecs;

public class TopKCodecTests
{
    private static readonly ShardRange Whole = new(0, 4);

    [Fact]
    public void Largest_coordinate_is_written_and_the_rest_is_kept_in_parameter_units()
    {
        TopKCodec codec = new(4, 1);
        Assert.True(codec.TryBegin([1, -8, 4, 2], 0.5f));
        byte[] payload = new byte[codec.PayloadSize(Whole)];

        double norm = codec.Write(Whole, payload);

        Assert.Equal(SampleFrames.Sparse([1], [-4]), payload);
        Assert.Equal(16, norm);
        Assert.Equal([0.5f, 0, 2, 1], codec.Residual.ToArray());
        Assert.Equal(5.25, codec.ResidualNormSquared);
    }

    [Fact]
    public void Residual_stays_right_when_the_rate_changes()
    {
        TopKCodec codec = new(4, 1);
        CodecLaws.Send(codec, [1, -8, 4, 2], 0.5f);

        Assert.Equal([0, 0, 3, 0], CodecLaws.Send(codec, [0, 0, 10, 0], 0.1f));
    }

    [Fact]
    public void Indices_count_from_the_start_of_the_range()
    {
        TopKCodec codec = new(4, 2);
        Assert.True(codec.TryBegin([9, 0, 0, 7], 1));
        byte[] payload = new byte[8];

        codec.Write(new ShardRange(1, 4), payload);

        Assert.Equal(SampleFrames.Sparse([2], [7]), payload);
    }

    [Fact]
    public void Range_with_nothing_chosen_has_no_payload()
    {
        TopKCodec codec = new(4, 1);
        Assert.True(codec.TryBegin([9, 0, 0, 7], 1));
        ShardRange right = new(2, 4);

        Assert.Equal(PayloadKind.None, codec.KindOf(right));
        Assert.Equal(0, codec.EntryCount(right));
        Assert.Equal(0, codec.PayloadSize(right));
        Assert.Equal(0, codec.Write(right, []));
        Assert.Equal([9, 0, 0, 7], codec.Residual.ToArray());
    }

    [Theory]
    [InlineData(2, PayloadKind.Sparse, 2, 16)]
    [InlineData(3, PayloadKind.Dense, 4, 16)]
    public void Layout_is_dense_once_sparse_would_be_larger(int count, PayloadKind kind, int entryCount, int size)
    {
        TopKCodec codec = new(4, count);
        Assert.True(codec.TryBegin([4, 3, 2, 1], 1));

        Assert.Equal(kind, codec.KindOf(Whole));
        Assert.Equal(entryCount, codec.EntryCount(Whole));
        Assert.Equal(size, codec.PayloadSize(Whole));
    }

    [Fact]
    public void Dense_layout_sends_no_more_than_was_chosen()
    {
        TopKCodec codec = new(4, 3);

        Assert.Equal([4, 3, 2, 0], CodecLaws.Send(codec, [4, 3, 2, 1], 1));
        Assert.Equal([0, 0, 0, 1], codec.Residual.ToArray());
    }

    [Fact]
    public void Without_error_feedback_what_is_not_sent_is_dropped()
    {
        TopKCodec codec = new(4, 1, errorFeedback: false);

        Assert.Equal([0, 9, 0, 0], CodecLaws.Send(codec, [1, 9, 8, 2], 1));
        Assert.True(codec.Residual.IsEmpty);
        Assert.Equal(0, codec.ResidualNormSquared);
        Assert.Equal([3, 0, 0, 0], CodecLaws.Send(codec, [3, 0, 0, 0], 1));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.MaxValue)]
    public void Update_that_is_not_finite_is_refused_and_changes_nothing(float bad)
    {
        foreach (int dimension in new[] { 4, 5000 })
        {
            TopKCodec codec = new(dimension, 1);
            CodecLaws.Send(codec, Gradients.Bell(dimension, 5), 1);
            float[] residual = codec.Residual.ToArray();
            float[] gradient = Gradients.Bell(dimension, 6);
            gradient[^1] = bad;

            Assert.False(codec.TryBegin(gradient, 2));

            Assert.Equal(residual, codec.Residual.ToArray());
            Assert.Throws<InvalidOperationException>(() => codec.Write(Whole, new byte[16]));
        }
    }

    [Fact]
    public void Loaded_residual_is_taken_up_by_the_next_update()
    {
        TopKCodec codec = new(4, 1);
        codec.LoadResidual([0, 5, 0, 1]);

        Assert.Equal([0, 6, 0, 0], CodecLaws.Send(codec, [0, 1, 0, 0], 1));
        Assert.Throws<ArgumentException>(() => codec.LoadResidual([1]));
        Assert.Throws<ArgumentException>(() => codec.LoadResidual([1, 2, float.NaN, 4]));
        Assert.Equal([0, 0, 0, 1], codec.Residual.ToArray());
        codec.ClearResidual();
        Assert.Equal(0, codec.ResidualNormSquared);
        Assert.Throws<ArgumentException>(() => new TopKCodec(4, 1, errorFeedback: false).LoadResidual([1, 2, 3, 4]));
    }

    [Fact]
    public void Wrong_arguments_are_a_bug_of_the_caller()
    {
        TopKCodec codec = new(4, 1);

        Assert.Throws<InvalidOperationException>(() => codec.Write(Whole, new byte[8]));
        Assert.Throws<ArgumentException>(() => codec.TryBegin([1, 2, 3], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.TryBegin([1, 2, 3, 4], float.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.TryBegin([1, 2, 3, 4], -1));
        Assert.True(codec.TryBegin([1, 2, 3, 4], 1));
        Assert.Throws<ArgumentException>(() => codec.Write(Whole, new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.Write(new ShardRange(0, 5), new byte[8]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopKCodec(4, 5));
        Assert.Equal([1, 2, 3, 4], codec.Residual.ToArray());
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        const int Dimension = 20_000;
        TopKCodec codec = new(Dimension, 200);
        float[] gradient = Gradients.Bell(Dimension, 9);
        ShardRange[] ranges = [new(0, 7000), new(7000, Dimension)];
        byte[] room = new byte[Dimension * 4];
        Step();

        Assert.Equal(0, AllocatedBytes.Of(Step));

        void Step()
        {
            codec.TryBegin(gradient, 0.1f);
            foreach (ShardRange range in ranges)
            {
                codec.Write(range, room.AsSpan(0, codec.PayloadSize(range)));
            }
        }
    }
}
