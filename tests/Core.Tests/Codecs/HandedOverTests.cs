using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Goal: a gradient handed over makes the update that a borrowed one makes. Method: every codec twice, with both, update by update.</summary>
public class HandedOverTests
{
    private static readonly Arbitrary<(int Dimension, int Shards, bool[] TakenBack)> Runs =
        (from dimension in Gen.Choose(1, 9000)
         from shards in Gen.Choose(1, Math.Min(dimension, 4))
         from takenBack in Gen.Elements(false, false, true).ArrayOf(5)
         select (dimension, shards, takenBack)).ToArbitrary();

    [Fact]
    public void Update_residual_and_norms_are_the_same_in_every_bit_and_so_are_those_after_one_is_taken_back() =>
        Prop.ForAll(Runs, run =>
        {
            foreach (CodecPlan plan in AllCodecs.Plans)
            {
                IUpdateCodec borrows = UpdateCodecs.Create(plan, run.Dimension, seed: 3);
                IUpdateCodec keeps = UpdateCodecs.Create(plan, run.Dimension, seed: 3);
                float[] gradient = new float[run.Dimension];
                for (int update = 0; update < run.TakenBack.Length; update++)
                {
                    float[] computed = Gradients.Bell(run.Dimension, update);
                    computed.CopyTo(gradient.AsSpan()); // whatever came back last is overwritten whole
                    Assert.True(borrows.TryBegin(computed, 0.3f));
                    double norm = update % 2 == 0 ? double.NaN : Math.Sqrt(CodecLaws.Distance(computed));
                    Assert.True(keeps.TryBegin(ref gradient, 0.3f, norm));
                    Assert.Equal(run.Dimension, gradient.Length);
                    Assert.Equal(Written(borrows, run.Dimension, run.Shards), Written(keeps, run.Dimension, run.Shards));
                    Assert.Equal(borrows.Gamma, keeps.Gamma); // before the array is written again
                    Assert.Equal(borrows.UpdateNormSquared, keeps.UpdateNormSquared);
                    if (run.TakenBack[update])
                    {
                        borrows.TakeBack();
                        keeps.TakeBack();
                    }

                    Assert.Equal(borrows.Residual.ToArray(), keeps.Residual.ToArray());
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Gradient_that_is_not_finite_leaves_the_residual_as_it_was()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, 100, seed: 3);
            CodecLaws.Send(codec, Gradients.Bell(100, 1), 0.5f);
            float[] residual = codec.Residual.ToArray();
            float[] gradient = Gradients.Bell(100, 2);
            gradient[70] = float.PositiveInfinity;

            Assert.False(codec.TryBegin(ref gradient, 0.5f));

            Assert.Equal(residual, codec.Residual.ToArray());
            gradient = Gradients.Bell(100, 3);
            Assert.True(codec.TryBegin(ref gradient, 0.5f));
        }
    }

    [Theory]
    [InlineData(1e38f, 100f)] // each product is above the largest f32
    [InlineData(float.PositiveInfinity, 0.1f)]
    [InlineData(float.NaN, 0.1f)]
    public void Norm_that_is_known_hides_no_product_that_is_not_finite(float value, float rate)
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, 100, seed: 3);
            float[] gradient = Gradients.Bell(100, 2);
            gradient[70] = value;

            Assert.False(codec.TryBegin(ref gradient, rate, Math.Sqrt(CodecLaws.Distance(gradient))), plan.Kind);
        }
    }

    [Fact]
    public void Codec_with_a_residual_keeps_the_very_array()
    {
        var codec = new TopKCodec(100, 10);
        float[] gradient = Gradients.Bell(100, 1);
        float[] handedOver = gradient;

        codec.TryBegin(ref gradient, 1);

        Assert.NotSame(handedOver, gradient);
        Assert.True(codec.Residual.Overlaps(handedOver));
    }

    private static byte[][] Written(IUpdateCodec codec, int dimension, int shardCount)
    {
        ShardMap map = new(dimension, shardCount);
        return
        [
            .. Enumerable.Range(0, map.Count).Select(shard =>
            {
                byte[] payload = new byte[codec.PayloadSize(map[shard])];
                codec.Write(map[shard], payload);
                return payload;
            }),
        ];
    }
}
