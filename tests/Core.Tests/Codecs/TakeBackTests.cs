using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Goal: an update that got no ticket never was, and a flush sends all that is owed.</summary>
public class TakeBackTests
{
    private const int Dimension = 1000;

    [Fact]
    public void Update_taken_back_leaves_residual_and_choices_as_they_were()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, Dimension, seed: 3);
            IUpdateCodec other = UpdateCodecs.Create(plan, Dimension, seed: 3);
            CodecLaws.Send(codec, Gradients.Bell(Dimension, 1), 0.5f);
            CodecLaws.Send(other, Gradients.Bell(Dimension, 1), 0.5f);

            CodecLaws.Send(codec, Gradients.Bell(Dimension, 2), 0.5f, shardCount: 3);
            codec.TakeBack();

            Assert.Equal(other.Residual.ToArray(), codec.Residual.ToArray());
            Assert.Equal(other.NextUpdate, codec.NextUpdate);
            Assert.Equal(
                CodecLaws.Send(other, Gradients.Bell(Dimension, 3), 0.5f), CodecLaws.Send(codec, Gradients.Bell(Dimension, 3), 0.5f));
        }
    }

    [Fact]
    public void Update_that_its_caller_sends_is_taken_back_once_and_counted_like_any_other()
    {
        var codec = new DenseCodec(Dimension);
        codec.Lend(2.5);
        Assert.Equal((1L, 0.0, 2.5), (codec.NextUpdate, codec.Gamma, codec.UpdateNormSquared));

        codec.TakeBack();

        Assert.Equal(0, codec.NextUpdate);
        Assert.Throws<InvalidOperationException>(codec.TakeBack);
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.Lend(double.PositiveInfinity));
    }

    [Fact]
    public void Only_a_codec_that_sends_all_of_a_gradient_lends_it()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, Dimension, seed: 3);
            Assert.Equal(plan == new CodecPlan(), codec.SendsAll(Gradients.Bell(Dimension, 1)));
            Assert.False(codec.SendsAll(new float[Dimension]));
            if (plan != new CodecPlan())
            {
                Assert.Throws<NotSupportedException>(() => codec.Lend(1));
            }
        }
    }

    [Fact]
    public void Update_is_taken_back_once()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, Dimension, seed: 3);
            Assert.Throws<InvalidOperationException>(codec.TakeBack);
            CodecLaws.Send(codec, Gradients.Bell(Dimension, 1), 0.5f);

            codec.TakeBack();

            Assert.Throws<InvalidOperationException>(codec.TakeBack);
        }
    }

    [Fact]
    public void Nothing_sent_is_longer_than_the_stated_growth_of_the_update()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            foreach ((string name, Func<int, int, float[]> make) in Gradients.Sorts.Where(sort => sort.Name is not ("tiny" or "extreme")))
            {
                IUpdateCodec codec = UpdateCodecs.Create(plan, Dimension, seed: 3);
                double sent = Math.Sqrt(CodecLaws.Distance(CodecLaws.Send(codec, make(Dimension, 1), 1)));
                double bound = codec.GrowthMax * Math.Sqrt(codec.UpdateNormSquared);
                Assert.True(sent <= bound * (1 + 1e-6), $"{plan.Kind}, {name}: sent {sent}, bound {bound}.");
            }
        }
    }

    [Fact]
    public void Some_codec_sends_more_than_it_was_given_so_the_growth_is_needed()
    {
        var codec = new QsgdCodec(Dimension, levels: 1, bucket: 1024, errorFeedback: false, seed: 3);

        double sent = CodecLaws.Distance(CodecLaws.Send(codec, Gradients.Bell(Dimension, 1), 1));

        Assert.True(sent > codec.UpdateNormSquared);
    }

    [Fact]
    public void Flush_sends_the_residual_to_the_last_bit_and_says_its_norm()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, Dimension, seed: 3);
            CodecLaws.Send(codec, Gradients.Bell(Dimension, 1), 0.5f);
            float[] arrived = new float[Dimension];
            double squared = 0;
            ShardMap map = new(Dimension, 3);
            for (int shard = 0; shard < map.Count; shard++)
            {
                ShardRange range = map[shard];
                PayloadKind kind = ResidualFlush.KindOf(codec, range);
                int count = kind == PayloadKind.None ? 0 : range.Length;
                byte[] payload = new byte[FramePayload.SizeOf(kind, count, range.Length)];
                squared += ResidualFlush.Write(codec, range, payload);
                FramePayload.Validate(kind, payload, count, range.Length);
                FramePayload.CopyTo(arrived.AsSpan(range.Start, range.Length), kind, payload, count);
            }

            Assert.Equal(codec.Residual.IsEmpty ? new float[Dimension] : codec.Residual.ToArray(), arrived);
            Assert.Equal(codec.ResidualNormSquared, squared, 1e-12 * (1 + squared));
        }
    }

    [Fact]
    public void Flush_of_a_residual_of_zeros_is_no_payload()
    {
        ShardRange range = new(0, Dimension);

        Assert.Equal(PayloadKind.None, ResidualFlush.KindOf(new TopKCodec(Dimension, 10), range));
        Assert.Equal(PayloadKind.None, ResidualFlush.KindOf(new DenseCodec(Dimension), range));
        Assert.Equal(0, ResidualFlush.Write(new DenseCodec(Dimension), range, []));
    }
}
