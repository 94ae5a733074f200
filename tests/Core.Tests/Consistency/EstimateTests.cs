using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

public class EstimateTests
{
    [Fact]
    public void Half_batches_give_the_noise_of_the_whole_batch()
    {
        // Noise of σ² = 4 per half means 2 for their mean, whatever the gradient is.
        Quadratic half = new(10, 1, 1, 4);
        SeededRandom random = new(1);
        NoiseEstimate estimate = new(4000);
        double[] view = [.. Enumerable.Repeat(5.0, 10)];
        double[] a = new double[10];
        double[] b = new double[10];
        for (int i = 0; i < 4000; i++)
        {
            half.Gradient(view, random, a);
            half.Gradient(view, random, b);
            estimate.Add(Quadratic.DistanceSquared(a, b));
        }

        Assert.InRange(estimate.Mean, 1.9, 2.1);
        Assert.InRange(estimate.Upper(0.99), 2.0, 2.15);
        estimate.Add(double.NaN);
        Assert.Equal(4000, estimate.Count);
    }

    [Fact]
    public void Two_batch_sizes_give_the_gradient_norm_without_the_noise()
    {
        Quadratic half = new(10, 1, 1, 4);
        SeededRandom random = new(2);
        NoiseScale scale = new(4000);
        double[] view = [.. Enumerable.Repeat(0.5, 10)];
        double[] a = new double[10];
        double[] b = new double[10];
        for (int i = 0; i < 4000; i++)
        {
            half.Gradient(view, random, a);
            half.Gradient(view, random, b);
            double[] mean = [.. a.Zip(b, (x, y) => (x + y) / 2)];
            scale.AddHalves(64, Quadratic.DistanceSquared(mean, new double[10]), Quadratic.DistanceSquared(a, b));
        }

        BatchMeans estimate = scale.GradientNormSquared();
        Assert.InRange(estimate.Mean, 2.5 - (4 * estimate.StandardError), 2.5 + (4 * estimate.StandardError));
        Assert.InRange(scale.SampleVariance, 0.95 * 128, 1.05 * 128);
    }

    [Fact]
    public void Limits_of_dependent_series_hold_as_often_as_they_say()
    {
        // A moving average of 20 draws: a plain σ/√n would be too small by √20 and miss the mean almost half the time.
        int missed = 0;
        for (ulong seed = 1; seed <= 400; seed++)
        {
            SeededRandom random = new(seed, 3);
            double[] draws = [.. Enumerable.Range(0, 4019).Select(_ => random.NextGaussian())];
            double[] series = [.. Enumerable.Range(0, 4000).Select(i => draws.AsSpan(i, 20).ToArray().Average())];
            missed += BatchMeans.Of(series, 200).UpperLimit(0.95) < 0 ? 1 : 0;
        }

        Assert.InRange(missed, 5, 40);
    }

    [Fact]
    public void Condition_is_decided_by_the_limits_of_the_mean()
    {
        SeededRandom random = new(4);
        double[] gaps = [.. Enumerable.Range(0, 1000).Select(_ => 4 + random.NextGaussian())];

        Assert.Equal(ConditionVerdict.Holds, ConditionTest.Of(gaps, 2, bound: 2.2).Verdict);
        Assert.Equal(ConditionVerdict.Violated, ConditionTest.Of(gaps, 2, bound: 1.8).Verdict);
        Assert.Equal(ConditionVerdict.NotShown, ConditionTest.Of(gaps, 2, bound: 2).Verdict);
        Assert.Equal(ConditionVerdict.Undecided, ConditionTest.Of(gaps.AsSpan(0, 50), 2, bound: 9).Verdict);
    }

    [Theory]
    [InlineData(0.95, 4, 2.132)]
    [InlineData(0.99, 4, 3.747)]
    [InlineData(0.95, 19, 1.729)]
    [InlineData(0.99, 19, 2.539)]
    public void Student_quantiles_agree_with_the_tables(double confidence, int degrees, double expected)
    {
        BatchMeans means = new(0, 1, degrees + 1, 1);
        Assert.InRange(means.UpperLimit(confidence), 0.99 * expected, 1.01 * expected);
    }

    [Fact]
    public void Secants_never_exceed_smoothness_and_their_factor_covers_it() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        Quadratic problem = new(8, 0.1, 2, 0);
        SmoothnessEstimate estimate = new(50);
        double[] a = new double[8];
        double[] b = new double[8];
        for (int i = 0; i < 50; i++)
        {
            double[] x = [.. a.Select(_ => random.NextGaussian())];
            double[] v = [.. a.Select(_ => random.NextGaussian())];
            problem.Gradient(x, random, a);
            problem.Gradient(v, random, b);
            estimate.Add(Math.Sqrt(Quadratic.DistanceSquared(a, b)), Math.Sqrt(Quadratic.DistanceSquared(x, v)));
        }

        Assert.True(estimate.SecantMax <= 2 * (1 + 1e-9));
        Assert.True(estimate.Value >= 2);
        Assert.False(estimate.Add(0, 0));
    });

    [Fact]
    public void Window_keeps_the_newest_and_knows_its_quantiles()
    {
        WindowStatistics window = new(100);
        Assert.True(double.IsNaN(window.Mean) && double.IsNaN(window.Max) && double.IsNaN(window.Quantile(0.5)));
        for (int i = 1; i <= 150; i++)
        {
            window.Add(i);
        }

        double[] values = new double[100];
        Assert.Equal(100, window.CopyTo(values));
        Assert.Equal(Enumerable.Range(51, 100).Select(i => (double)i), values);
        Assert.Equal((100, 150L, 100.5, 150, 149), (window.Count, window.CountTotal, window.Mean, window.Max, window.Quantile(0.99)));
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Add(double.NaN));
    }

    [Fact]
    public void Moving_mean_starts_at_the_first_value_and_follows()
    {
        MovingEstimate estimate = new(9);
        Assert.True(double.IsNaN(estimate.Mean));
        estimate.Add(7);
        Assert.Equal(7, estimate.Mean, 12);
        for (int i = 0; i < 100; i++)
        {
            estimate.Add(1);
        }

        Assert.Equal(1, estimate.Mean, 6);
    }
}
