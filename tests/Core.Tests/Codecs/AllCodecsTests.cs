using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Goal: what must hold for every codec does. Method: each plan, over gradients that are hard on some of them.</summary>
public class AllCodecsTests
{
    // Few distinct magnitudes, so that ties, zeros and opposite signs are common; lengths that no bucket divides.
    private static readonly Arbitrary<(float[][] Gradients, int Shards, ulong Seed)> Runs =
        (from dimension in Gen.Choose(1, 150)
         from shards in Gen.Choose(1, dimension)
         from values in Gen.Choose(-6, 6).ArrayOf(dimension).ListOf(4)
         from seed in Gen.Choose(0, int.MaxValue)
         select (values.Select(v => v.Select(i => i / 4f).ToArray()).ToArray(), shards, (ulong)seed)).ToArbitrary();

    [Fact]
    public void Sent_plus_residual_is_scaled_gradient_plus_old_residual_and_gamma_is_what_was_lost() =>
        Prop.ForAll(Runs, run =>
        {
            foreach (CodecPlan plan in AllCodecs.Plans)
            {
                IUpdateCodec codec = UpdateCodecs.Create(plan, run.Gradients[0].Length, run.Seed);
                foreach (float[] gradient in run.Gradients)
                {
                    CodecLaws.Send(codec, gradient, 0.3f, run.Shards);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_sent_does_not_depend_on_the_number_of_shards() =>
        Prop.ForAll(Runs, run =>
        {
            foreach (CodecPlan plan in AllCodecs.Plans)
            {
                IUpdateCodec whole = UpdateCodecs.Create(plan, run.Gradients[0].Length, run.Seed);
                IUpdateCodec split = UpdateCodecs.Create(plan, run.Gradients[0].Length, run.Seed);
                foreach (float[] gradient in run.Gradients)
                {
                    Assert.Equal(CodecLaws.Send(whole, gradient, 0.5f), CodecLaws.Send(split, gradient, 0.5f, run.Shards));
                    Assert.Equal(whole.Residual.ToArray(), split.Residual.ToArray());
                    Assert.Equal(whole.Gamma, split.Gamma);
                    Assert.Equal(whole.UpdateNormSquared, split.UpdateNormSquared);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Scales_made_for_each_shard_alone_would_be_noticed()
    {
        float[] gradient = Gradients.Bell(100, 1);
        float[] whole = CodecLaws.Send(new OneBitCodec(100), gradient, 1, shardCount: 2);
        float[] halves =
        [
            .. CodecLaws.Send(new OneBitCodec(50), gradient[..50], 1),
            .. CodecLaws.Send(new OneBitCodec(50), gradient[50..], 1),
        ];

        Assert.NotEqual(whole, halves);
    }

    [Fact]
    public void Codecs_that_do_not_draw_stay_within_their_bound_on_gamma() =>
        Prop.ForAll(Runs, run =>
        {
            foreach (CodecPlan plan in AllCodecs.Plans.Where(plan => !AllCodecs.IsRandom(plan)))
            {
                IUpdateCodec codec = UpdateCodecs.Create(plan, run.Gradients[0].Length, run.Seed);
                foreach (float[] gradient in run.Gradients)
                {
                    CodecLaws.Send(codec, gradient, 0.3f);

                    // Sums in two orders, and scales rounded to f32.
                    Assert.InRange(codec.Gamma, 0, plan.GammaBound(gradient.Length) + 1e-12);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Long_vectors_of_every_sort_pass_the_laws()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            foreach ((string name, Func<int, int, float[]> make) in Gradients.Sorts)
            {
                // Residuals of extreme values overflow; that they are refused is a test of its own.
                if (name == "extreme")
                {
                    continue;
                }

                IUpdateCodec codec = UpdateCodecs.Create(plan, 10_007, 5);
                for (int seed = 1; seed <= 3; seed++)
                {
                    CodecLaws.Send(codec, make(10_007, seed), 0.75f, shardCount: 3);
                }
            }
        }
    }

    [Fact]
    public void Same_seed_and_number_choose_the_same_again_after_a_restore()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec first = UpdateCodecs.Create(plan, 1000, seed: 8);
            for (int update = 0; update < 3; update++)
            {
                CodecLaws.Send(first, Gradients.Bell(1000, update), 0.5f);
            }

            IUpdateCodec restored = UpdateCodecs.Create(plan, 1000, seed: 8);
            restored.LoadResidual(first.Residual);
            restored.NextUpdate = first.NextUpdate;

            Assert.Equal(3, first.NextUpdate);
            Assert.Equal(CodecLaws.Send(first, Gradients.Bell(1000, 9), 0.5f), CodecLaws.Send(restored, Gradients.Bell(1000, 9), 0.5f, 7));
        }
    }

    [Fact]
    public void Codecs_that_draw_choose_otherwise_for_another_seed_and_for_another_update()
    {
        foreach (CodecPlan plan in AllCodecs.Plans.Where(AllCodecs.IsRandom))
        {
            CodecPlan forgetful = plan with { ErrorFeedback = false };
            IUpdateCodec codec = UpdateCodecs.Create(forgetful, 1000, seed: 1);
            float[] gradient = Gradients.Bell(1000, 4);
            float[] first = CodecLaws.Send(codec, gradient, 1);

            Assert.NotEqual(first, CodecLaws.Send(codec, gradient, 1));
            Assert.NotEqual(first, CodecLaws.Send(UpdateCodecs.Create(forgetful, 1000, seed: 2), gradient, 1));
            Assert.Equal(first, CodecLaws.Send(UpdateCodecs.Create(forgetful, 1000, seed: 1), gradient, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => codec.NextUpdate = -1);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.MaxValue)]
    public void Update_that_is_not_finite_is_refused_and_changes_nothing(float bad)
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            foreach (int place in new[] { 0, 700, 999 })
            {
                IUpdateCodec codec = UpdateCodecs.Create(plan, 1000);
                CodecLaws.Send(codec, Gradients.Bell(1000, 5), 1);
                float[] residual = codec.Residual.ToArray();
                (double gamma, double norm, long next) = (codec.Gamma, codec.UpdateNormSquared, codec.NextUpdate);
                float[] gradient = Gradients.Bell(1000, 6);
                gradient[place] = bad;

                Assert.False(codec.TryBegin(gradient, 2));

                Assert.Equal(residual, codec.Residual.ToArray());
                Assert.Equal((gamma, norm, next), (codec.Gamma, codec.UpdateNormSquared, codec.NextUpdate));
                Assert.Throws<InvalidOperationException>(() => codec.Write(new ShardRange(0, 1000), new byte[4000]));
                CodecLaws.Send(codec, Gradients.Bell(1000, 7), 1);
            }
        }
    }

    [Fact]
    public void Before_the_first_update_there_is_no_gamma_and_for_zeros_it_is_zero()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, 100);
            Assert.Equal((double.NaN, double.NaN, 0), (codec.Gamma, codec.UpdateNormSquared, codec.NextUpdate));

            CodecLaws.Send(codec, new float[100], 1);

            Assert.Equal((0, 0, 1), (codec.Gamma, codec.UpdateNormSquared, codec.NextUpdate));
        }
    }

    [Fact]
    public void Ranges_never_written_stay_and_are_taken_up_again()
    {
        foreach (CodecPlan plan in AllCodecs.Plans.Where(plan => plan.HoldsBack))
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, 1000);
            float[] gradient = Gradients.Bell(1000, 2);
            Assert.True(codec.TryBegin(gradient, 0.5f));
            ShardRange written = new(0, 333);
            codec.Write(written, new byte[codec.PayloadSize(written)]);

            Assert.Equal(CodecLaws.SumOf([], gradient, 0.5f)[333..], codec.Residual[333..].ToArray());
            CodecLaws.Send(codec, gradient, 0.5f);
        }
    }

    [Fact]
    public void Wrong_arguments_are_a_bug_of_the_caller()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, 100);
            ShardRange whole = new(0, 100);
            if (!plan.IsExact)
            {
                Assert.Throws<InvalidOperationException>(() => codec.PayloadSize(whole));
            }

            Assert.Throws<InvalidOperationException>(() => codec.Write(whole, new byte[400]));
            Assert.Throws<ArgumentException>(() => codec.TryBegin(new float[99], 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => codec.TryBegin(new float[100], float.NaN));
            Assert.True(codec.TryBegin(Gradients.Bell(100, 1), 1));
            Assert.Throws<ArgumentException>(() => codec.Write(whole, new byte[codec.PayloadSize(whole) + 1]));
            Assert.Throws<ArgumentOutOfRangeException>(() => codec.Write(new ShardRange(0, 101), new byte[8]));
            if (codec.Residual.IsEmpty)
            {
                Assert.Throws<ArgumentException>(() => codec.LoadResidual([1]));
            }
            else
            {
                Assert.Throws<ArgumentException>(() => codec.LoadResidual(new float[99]));
                codec.ClearResidual();
                Assert.Equal(0, codec.ResidualNormSquared);
            }
        }
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        const int Dimension = 20_000;
        float[] gradient = Gradients.Bell(Dimension, 9);
        ShardRange[] ranges = [new(0, 7001), new(7001, Dimension)];
        byte[] room = new byte[Dimension * 8];
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, Dimension);
            Step(codec);

            Assert.Equal(0, AllocatedBytes.Of(() => Step(codec)));
        }

        void Step(IUpdateCodec codec)
        {
            codec.TryBegin(gradient, 0.1f);
            foreach (ShardRange range in ranges)
            {
                codec.Write(range, room.AsSpan(0, codec.PayloadSize(range)));
            }
        }
    }
}
