using OrleansSgd.Core.Randomness;
using OrleansSgd.Experiments.Statistics;

namespace OrleansSgd.Experiments.Tests.Statistics;

/// <summary>Goal: an interval means what it says. Method: values from tables, and how often the truth is inside.</summary>
public sealed class FigureTests
{
    [Fact]
    public void Interval_of_four_numbers_is_the_one_on_paper()
    {
        // Mean 3, standard deviation √(8/3), t(0.975, 3) = 3.182: half width 3.182 · √(8/3) / 2.
        var figure = Figure.Of([1, 3, 3, 5]);

        Assert.Equal(3, figure.Mean, 12);
        Assert.Equal(3.182446 * Math.Sqrt(8.0 / 3) / 2, figure.HalfWidth, 5);
    }

    [Theory]
    [InlineData(1, 12.7062)]
    [InlineData(2, 4.30266)]
    [InlineData(3, 3.18245)]
    [InlineData(4, 2.77645)]
    [InlineData(9, 2.26216)]
    [InlineData(30, 2.04227)]
    public void Quantiles_are_those_of_the_table(int degrees, double quantile) => Assert.Equal(quantile, StudentTable.Of(0.975, degrees), 3);

    [Fact]
    public void Nineteen_of_twenty_intervals_contain_the_mean()
    {
        var random = new SeededRandom(1);
        int inside = 0;
        for (int trial = 0; trial < 4000; trial++)
        {
            var figure = Figure.Of(Enumerable.Range(0, 5).Select(_ => 2 + random.NextGaussian()));
            inside += figure.Low <= 2 && figure.High >= 2 ? 1 : 0;
        }

        // 3800 expected, standard deviation 14.
        Assert.InRange(inside, 3740, 3860);
    }

    [Fact]
    public void One_value_has_no_interval_and_no_value_has_no_mean()
    {
        Assert.Equal("2", Figure.Of([2]).ToString());
        Assert.Equal("–", Figure.Of([]).ToString());
        Assert.True(double.IsNaN(Figure.Of([1, double.NaN]).Mean));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.75, 3.25)]
    [InlineData(1, 4)]
    public void Quantiles_lie_between_order_statistics(double fraction, double value) =>
        Assert.Equal(value, Quantiles.Of([4, 1, 3, 2], fraction), 12);
}
