using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Vectors;
using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Goal: exactly the k largest are sent, and no gradient mass is lost or made up. Method: several updates in a row,
/// decoded, against a sort.</summary>
public class TopKCodecProperties
{
    // Few distinct magnitudes, so that ties, zeros and opposite signs are common.
    private static readonly Arbitrary<(float[][] Gradients, int Count, int Shards)> Runs =
        (from dimension in Gen.Choose(1, 60)
         from count in Gen.Choose(1, dimension)
         from shards in Gen.Choose(1, dimension)
         from values in Gen.Choose(-6, 6).ArrayOf(dimension).ListOf(4)
         select (values.Select(v => v.Select(i => i / 4f).ToArray()).ToArray(), count, shards)).ToArbitrary();

    [Fact]
    public void Sent_plus_residual_equals_scaled_gradient_plus_old_residual() =>
        Prop.ForAll(Runs, run =>
        {
            TopKCodec codec = new(run.Gradients[0].Length, run.Count);
            foreach (float[] gradient in run.Gradients)
            {
                CodecLaws.Send(codec, gradient, 0.3f, run.Shards);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Selection_equals_that_of_a_sort_with_ties_to_the_lower_index() =>
        Prop.ForAll(Runs, run =>
        {
            TopKCodec codec = new(run.Gradients[0].Length, run.Count);
            foreach (float[] gradient in run.Gradients)
            {
                float[] expected = CodecLaws.LargestBySorting(CodecLaws.SumOf(codec.Residual, gradient, 0.5f), run.Count);

                Assert.Equal(expected, CodecLaws.Send(codec, gradient, 0.5f, run.Shards));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_sent_does_not_depend_on_the_number_of_shards() =>
        Prop.ForAll(Runs, run =>
        {
            TopKCodec whole = new(run.Gradients[0].Length, run.Count);
            TopKCodec split = new(run.Gradients[0].Length, run.Count);
            foreach (float[] gradient in run.Gradients)
            {
                Assert.Equal(CodecLaws.Send(whole, gradient, 0.5f), CodecLaws.Send(split, gradient, 0.5f, run.Shards));
                Assert.Equal(whole.Residual.ToArray(), split.Residual.ToArray());
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Long_vectors_of_every_sort_are_selected_as_a_sort_would()
    {
        foreach ((string name, Func<int, int, float[]> make) in Gradients.Sorts)
        {
            foreach ((int dimension, int count) in new[] { (1024, 1), (5000, 50), (30_000, 300), (30_001, 1875), (12_345, 6000), (4096, 4096) })
            {
                bool keeps = name != "extreme";
                TopKCodec codec = new(dimension, count, keeps);
                for (int seed = 1; seed <= 2; seed++)
                {
                    float[] gradient = make(dimension, seed);
                    float[] expected = CodecLaws.LargestBySorting(CodecLaws.SumOf(codec.Residual, gradient, 0.75f), count);
                    float[] actual = CodecLaws.Send(codec, gradient, 0.75f, shardCount: 3);
                    Assert.True(expected.AsSpan().SequenceEqual(actual), $"{name}, d = {dimension}, k = {count}, seed {seed}.");
                }
            }
        }
    }

    [Fact]
    public void Vector_longer_than_the_caches_is_selected_as_a_sort_would()
    {
        const int Dimension = (1 << 18) + 17;
        TopKCodec codec = new(Dimension, Dimension / 100);
        for (int seed = 1; seed <= 2; seed++)
        {
            float[] gradient = Gradients.Bell(Dimension, seed);
            float[] expected = CodecLaws.LargestBySorting(CodecLaws.SumOf(codec.Residual, gradient, 0.75f), Dimension / 100);
            float[] actual = CodecLaws.Send(codec, gradient, 0.75f, shardCount: 3);
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"Seed {seed}.");
        }
    }

    [Fact]
    public void Codec_that_loses_a_coordinate_is_caught()
    {
        PlantedCodec codec = new(new TopKCodec(10, 2)) { ResidualTaken = 1e-3f };

        XunitException error = Assert.Throws<XunitException>(() => CodecLaws.Send(codec, Gradients.Bell(10, 1), 1));

        Assert.Contains("do not make", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Codec_that_misstates_its_norm_is_caught()
    {
        PlantedCodec codec = new(new TopKCodec(10, 2)) { NormScale = 1.0001 };

        XunitException error = Assert.Throws<XunitException>(() => CodecLaws.Send(codec, Gradients.Bell(10, 1), 1));

        Assert.Contains("but that of what arrived is", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Codec_that_understates_its_gamma_is_caught()
    {
        PlantedCodec codec = new(new TopKCodec(10, 2)) { GammaScale = 0.999 };

        XunitException error = Assert.Throws<XunitException>(() => CodecLaws.Send(codec, Gradients.Bell(10, 1), 1));

        Assert.StartsWith("Gamma is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Selection_that_gives_ties_to_the_higher_index_is_caught()
    {
        float[] gradient = [1, -1, 1];
        float[] mirrored = [.. gradient.Reverse()];
        float[] wrong = [.. CodecLaws.Send(new TopKCodec(3, 2), mirrored, 1).Reverse()];

        Assert.NotEqual(CodecLaws.LargestBySorting(gradient, 2), wrong);
        Assert.Equal([1, -1, 0], CodecLaws.Send(new TopKCodec(3, 2), gradient, 1));
    }

    [Fact]
    public void Ranges_never_written_stay_and_are_sent_later()
    {
        TopKCodec codec = new(4, 2);
        Assert.True(codec.TryBegin([8, 0, 0, 4], 1));
        codec.Write(new ShardRange(0, 2), new byte[codec.PayloadSize(new ShardRange(0, 2))]);

        Assert.Equal([0, 0, 0, 4], codec.Residual.ToArray());
        Assert.Equal([0, 0, 0, 5], CodecLaws.Send(codec, [0, 0, 0, 1], 1));
    }
}
