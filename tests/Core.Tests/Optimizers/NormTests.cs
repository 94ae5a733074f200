using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Optimizers;

public class NormTests
{
    [Fact]
    public void Clipped_gradient_keeps_its_direction_and_has_the_largest_norm()
    {
        float[] gradient = [3, 4];

        double cut = NormClip.Clip(gradient, 2.5);

        Assert.Equal(2.5, cut, 9);
        Assert.Equal([1.5f, 2f], gradient);
    }

    [Fact]
    public void Gradient_within_the_norm_is_left_alone()
    {
        float[] gradient = [3, 4];

        Assert.Equal(0, NormClip.Clip(gradient, 5));
        Assert.Equal([3f, 4f], gradient);
    }

    [Fact]
    public void Gradient_that_is_not_finite_is_left_for_the_codec_to_refuse()
    {
        float[] gradient = [3, float.PositiveInfinity];

        Assert.Equal(0, NormClip.Clip(gradient, 5));
        Assert.Equal([3f, float.PositiveInfinity], gradient);
    }

    [Fact]
    public void What_is_cut_off_is_the_distance_between_the_two_gradients() => SeedLaw.ForAll(seed =>
    {
        float[] gradient = Vectors.Bell(new SeededRandom(seed), 100, scale: 3);
        float[] before = [.. gradient];

        double cut = NormClip.Clip(gradient, 10);

        Assert.Equal(Math.Sqrt(GradientNorms.DistanceSquared(before, gradient)), cut, 4);
    });

    [Fact]
    public void Distance_and_norm_agree_with_plain_sums() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int length = 1 + random.NextInt(3000);
        float[] a = Vectors.Bell(random, length);
        float[] b = Vectors.Bell(random, length);
        double squared = a.Zip(b, (x, y) => ((double)(x - y)) * (x - y)).Sum();

        Assert.Equal(squared, GradientNorms.DistanceSquared(a, b), 7);
        Assert.Equal(a.Sum(value => (double)value * value), GradientNorms.Squared(a), 7);
    });

    [Fact]
    public void Step_goes_from_the_view_against_the_sum_and_may_write_over_it()
    {
        float[] sum = [1, 2];
        GradientNorms.Add(sum, [1, 2]);

        GradientNorms.Step([10, 10], sum, 0.5f, sum);

        Assert.Equal([9f, 8f], sum);
    }

    [Theory]
    [InlineData(4, 4, 1)] // as many as there are workers
    [InlineData(5, 4, 0.5)] // 1 / (4·1·0.1·5)
    [InlineData(10, 4, 0.25)]
    [InlineData(5, 5, 1)]
    public void Rate_falls_as_one_over_the_delay_once_it_exceeds_the_workers(long delay, int workers, double factor) =>
        Assert.Equal(factor, DelayAdaptiveRate.FactorOf(delay, workers, smoothness: 1, rate: 0.1), 12);

    [Fact]
    public void Rate_never_rises_and_small_rates_stay_as_they_are()
    {
        Assert.Equal(1, DelayAdaptiveRate.FactorOf(100, 2, smoothness: 1, rate: 1e-4));
        Assert.Equal(1, DelayAdaptiveRate.FactorOf(100, 2, smoothness: 1, rate: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DelayAdaptiveRate.FactorOf(3, 2, double.NaN, 0.1));
    }
}
