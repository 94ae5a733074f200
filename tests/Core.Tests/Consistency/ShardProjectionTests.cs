using System.Runtime.InteropServices;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Tests.Codecs;
using OrleansSgd.Core.Tests.Frames;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Testing;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Goal: the projection is linear, the same for every layout of a payload, and shows whatever an update lost.</summary>
public class ShardProjectionTests
{
    // Over three blocks, the last of them short and odd.
    private const int Length = 2500;

    private readonly ShardProjection _projection = new(seed: 9, shard: 2, Length);

    [Fact]
    public void Projection_of_a_sum_is_the_sum_of_projections() => SeedLaw.ForAll(seed =>
    {
        float[] a = Random(seed, 1);
        float[] b = Random(seed, 2);
        float[] sum = [.. a.Zip(b, (x, y) => x + y)];

        Assert.Equal(_projection.Of(a) + _projection.Of(b), _projection.Of(sum), Tolerance(sum));
    });

    [Fact]
    public void Payload_of_every_codec_projects_as_what_it_decodes_to()
    {
        foreach (CodecPlan plan in AllCodecs.Plans)
        {
            IUpdateCodec codec = UpdateCodecs.Create(plan, Length, seed: 4);
            Assert.True(codec.TryBegin(Random(7, 1), 0.5f));
            ShardRange range = new(0, Length);
            byte[] payload = new byte[codec.PayloadSize(range)];
            PayloadKind kind = codec.KindOf(range);
            int count = codec.EntryCount(range);
            codec.Write(range, payload);
            float[] decoded = new float[Length];
            FramePayload.CopyTo(decoded, kind, payload, count);

            Assert.Equal(_projection.Of(decoded), _projection.Of(kind, payload, count), Tolerance(decoded));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(1024)]
    [InlineData(Length)]
    public void Measuring_what_is_still_to_be_scaled_gives_the_bits_of_the_products(int length)
    {
        var projection = new ShardProjection(seed: 9, shard: 2, length);
        float[] values = [.. Random(5, 1).Take(length)];
        float[] products = [.. values.Select(value => 0.3f * value)];

        double of = projection.Of(values, 0.3f, out double normSquared);

        Assert.Equal(projection.Of(products), of);
        Assert.Equal(FramePayload.NormSquared(PayloadKind.Dense, SampleFrames.Dense(products), length), normSquared);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.MaxValue)]
    public void Norm_of_products_that_are_not_finite_is_not_finite(float value)
    {
        float[] values = Random(5, 1);
        values[Length - 1] = value;

        _projection.Of(values, 2f, out double normSquared);

        Assert.False(double.IsFinite(normSquared));
    }

    [Fact]
    public void Projection_is_the_sum_of_weights_times_values()
    {
        float[] values = Random(3, 1);
        double sum = 0;
        for (int i = 0; i < Length; i++)
        {
            double weight = WeightOf(_projection, i);
            Assert.InRange(Math.Abs(weight), ShardProjection.WeightMin, ShardProjection.WeightMax);
            sum += weight * values[i];
        }

        Assert.Equal(sum, _projection.Of(values), Tolerance(values));
    }

    [Fact]
    public void No_two_coordinates_weigh_the_same() =>
        Assert.Equal(Length, Enumerable.Range(0, Length).Select(i => WeightOf(_projection, i)).Distinct().Count());

    [Theory]
    [InlineData("lost")]
    [InlineData("doubled")]
    [InlineData("torn")]
    [InlineData("shifted")]
    [InlineData("one coordinate lost")]
    public void Update_that_was_not_applied_as_it_is_shows(string damage)
    {
        float[] update = Random(11, 1);
        float[] applied = damage switch
        {
            "lost" => new float[Length],
            "doubled" => [.. update.Select(value => 2 * value)],
            "torn" => [.. update.Take(1200), .. new float[Length - 1200]],
            "shifted" => [.. update.Skip(1), update[0]],
            _ => [.. update.Select((value, i) => i == 2047 ? 0 : value)],
        };

        Assert.True(Math.Abs(_projection.Of(update) - _projection.Of(applied)) > 100 * Tolerance(update));
        Assert.Equal(_projection.Of(update), _projection.Of([.. update]));
    }

    [Fact]
    public void Weights_follow_from_seed_and_shard_alone()
    {
        float[] values = Random(5, 1);

        Assert.Equal(_projection.Of(values), new ShardProjection(9, 2, Length).Of(values));
        Assert.NotEqual(_projection.Of(values), new ShardProjection(9, 3, Length).Of(values));
        Assert.NotEqual(_projection.Of(values), new ShardProjection(10, 2, Length).Of(values));
    }

    [Fact]
    public void Projecting_allocates_nothing()
    {
        float[] values = Random(5, 1);
        byte[] payload = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        _projection.Of(PayloadKind.Dense, payload, Length);

        Assert.Equal(0, AllocatedBytes.Of(() => _projection.Of(PayloadKind.Dense, payload, Length)));
    }

    [Fact]
    public void Slice_of_another_length_is_refused() => Assert.Throws<ArgumentException>(() => _projection.Of(new float[Length - 1]));

    // Sums of up to 32 products in f32, each rounded by 2⁻²⁴ of its magnitude.
    private static double Tolerance(float[] values) => 32 * 6e-8 * ShardProjection.WeightMax * values.Sum(value => Math.Abs((double)value)) / 8;

    private static double WeightOf(ShardProjection projection, int coordinate)
    {
        float[] unit = new float[Length];
        unit[coordinate] = 1;
        return projection.Of(unit);
    }

    private static float[] Random(ulong seed, ulong stream)
    {
        SeededRandom random = new(seed, stream);
        return [.. Enumerable.Range(0, Length).Select(_ => (float)random.NextGaussian())];
    }
}
