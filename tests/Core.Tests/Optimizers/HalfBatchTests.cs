using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Tests.Consistency;

namespace OrleansSgd.Core.Tests.Optimizers;

/// <summary>Goal: two halves make the whole batch's gradient, and an unbiased estimate of its noise at every length.</summary>
public class HalfBatchTests
{
    private const int Dimension = 64;
    private const int Trials = 2000;

    [Fact]
    public void Merged_gradient_is_the_mean_over_all_samples() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        int count = 2 + random.NextInt(20);
        float[][] samples = [.. Enumerable.Range(0, count).Select(_ => Vectors.Bell(random, 77))];
        int half = HalfBatches.FirstCount(count);
        float[] merged = Mean(samples[..half]);

        HalfBatchNorms norms = HalfBatches.Merge(merged, half, Mean(samples[half..]), count - half);

        float[] whole = Mean(samples);
        for (int i = 0; i < whole.Length; i++)
        {
            Assert.Equal(whole[i], merged[i], 1e-6f); // a few roundings of numbers around 1
        }

        Assert.Equal(Vectors.Norm(merged), Math.Sqrt(norms.GradientSquared), 9);
    });

    [Fact]
    public void Two_samples_by_hand()
    {
        float[] first = [1, 0];

        HalfBatchNorms norms = HalfBatches.Merge(first, 1, [0, 3], 1);

        Assert.Equal([0.5f, 1.5f], first);
        Assert.Equal(10, norms.HalfDifferenceSquared);
        Assert.Equal(2.5, norms.GradientSquared);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    public void Quarter_of_the_half_difference_is_on_average_the_variance_of_the_batch(int count)
    {
        (double mean, double error, _) = Estimate(count);

        // Samples have variance 1 in each of 64 coordinates.
        Assert.InRange(mean, ((double)Dimension / count) - (4 * error), ((double)Dimension / count) + (4 * error));
    }

    [Fact]
    public void Difference_without_the_weights_of_unequal_halves_is_noticed()
    {
        (_, double error, double plain) = Estimate(3);

        Assert.True(Math.Abs(plain - (Dimension / 3.0)) > 4 * error, $"{plain} looks right, within {error}.");
    }

    [Fact]
    public void Single_sample_has_no_halves() => Assert.Throws<ArgumentOutOfRangeException>(() => HalfBatches.FirstCount(1));

    // Mean, and standard error, of the estimate of σ²; and the mean of ‖g_a − g_b‖² / 4 as it is.
    private static (double Mean, double Error, double Plain) Estimate(int count)
    {
        SeededRandom random = new(17, (ulong)count);
        double sum = 0;
        double squares = 0;
        double plain = 0;
        int half = HalfBatches.FirstCount(count);
        for (int i = 0; i < Trials; i++)
        {
            float[] first = Mean([.. Enumerable.Range(0, half).Select(_ => Vectors.Bell(random, Dimension))]);
            float[] second = Mean([.. Enumerable.Range(half, count - half).Select(_ => Vectors.Bell(random, Dimension))]);
            plain += GradientNorms.DistanceSquared(first, second) / 4 / Trials;
            double estimate = HalfBatches.Merge(first, half, second, count - half).HalfDifferenceSquared / 4;
            sum += estimate;
            squares += estimate * estimate;
        }

        double mean = sum / Trials;
        return (mean, Math.Sqrt(((squares / Trials) - (mean * mean)) / Trials), plain);
    }

    private static float[] Mean(float[][] samples) =>
        [.. Enumerable.Range(0, samples[0].Length).Select(i => (float)samples.Average(sample => (double)sample[i]))];
}
