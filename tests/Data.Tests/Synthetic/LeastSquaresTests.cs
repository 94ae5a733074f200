using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;
using OrleansSgd.Data.Synthetic;

namespace OrleansSgd.Data.Tests.Synthetic;

public class LeastSquaresTests
{
    private static readonly DataPlan Plan = new()
    {
        Kind = "synthetic",
        Shape = "least-squares",
        SampleCount = 300,
        FeatureCount = 12,
        Condition = 50,
        Noise = 0.5,
    };

    [Fact]
    public void Optimum_of_a_line_by_hand()
    {
        // Points (1, 1), (1, 3): x* = 2, f* = ½·1, and AᵀA/n = 1.
        KnownOptimum optimum = LeastSquares.OptimumOf(new DenseSource([1, 1], [1, 3], 1, 0))!;

        Assert.Equal([2], optimum.Parameters);
        Assert.Equal((0.5, 1, 1), (optimum.LossMin, optimum.Smoothness, optimum.StrongConvexity));
    }

    [Fact]
    public void Dependent_columns_have_no_unique_optimum() =>
        Assert.Null(LeastSquares.OptimumOf(new DenseSource([1, 1, 2, 2], [1, 3], 2, 0)));

    [Fact]
    public void The_gradient_vanishes_at_the_optimum_and_no_neighbour_is_lower() =>
        Prop.ForAll(Gen.Choose(1, 1000).ToArbitrary(), Gen.Choose(0, 11).ToArbitrary(), (seed, coordinate) =>
        {
            DataSets sets = Open(Plan with { Seed = (ulong)seed });
            KnownOptimum optimum = sets.KnownOptimum!;
            AssertMinimum(sets.Train, optimum, coordinate);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_minimum_check_catches_an_optimum_that_is_a_little_off()
    {
        DataSets sets = Open(Plan);
        KnownOptimum optimum = sets.KnownOptimum!;
        double[] off = [.. optimum.Parameters];
        off[3] += 1e-4;

        Assert.ThrowsAny<Exception>(() => AssertMinimum(sets.Train, optimum with { Parameters = off }, 3));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(1e6)]
    public void L_is_1_and_c_is_1_over_the_condition_up_to_float_rounding(double condition)
    {
        KnownOptimum optimum = Open(Plan with { Condition = condition }).KnownOptimum!;

        Assert.Equal(1, optimum.Smoothness, 1e-5);
        Assert.Equal(1, optimum.StrongConvexity * condition, 1e-2);
    }

    [Fact]
    public void The_least_loss_is_what_the_noise_leaves()
    {
        // E f* = σ²/2 · (n − d)/n = 0.12; its relative deviation is √(2/n) = 8 %, so four of them.
        Assert.InRange(Open(Plan).KnownOptimum!.LossMin, 0.12 * 0.68, 0.12 * 1.32);
        // Without noise only the rounding of the targets to float is left.
        Assert.InRange(Open(Plan with { Noise = 0 }).KnownOptimum!.LossMin, 0, 1e-12);
    }

    [Fact]
    public void One_feature_works() =>
        Assert.Equal(1, Open(Plan with { FeatureCount = 1, Condition = null }).KnownOptimum!.Smoothness, 1e-5);

    private static DataSets Open(DataPlan plan) => DataCatalog.Open(plan, ".");

    private static void AssertMinimum(ISampleSource samples, KnownOptimum optimum, int coordinate)
    {
        double[] x = [.. optimum.Parameters];
        (double loss, double slope) = LossAndSlope(samples, x, coordinate);
        Assert.Equal(optimum.LossMin, loss, 1e-12);
        // Relative rounding 1e-16 times a condition of 50 and sums of 300 terms of size 1.
        Assert.InRange(slope, -1e-11, 1e-11);
        x[coordinate] += 0.01;
        Assert.True(LossAndSlope(samples, x, coordinate).Loss > loss, $"x[{coordinate}] + 0.01 is lower than the minimum {loss}.");
    }

    private static (double Loss, double Slope) LossAndSlope(ISampleSource samples, double[] x, int coordinate)
    {
        SampleBatch batch = Samples.Read(samples, Samples.All(samples));
        double loss = 0;
        double slope = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            ReadOnlySpan<float> row = batch.Dense.Slice(i * x.Length, x.Length);
            double error = -(double)batch.Labels[i];
            for (int j = 0; j < x.Length; j++)
            {
                error += row[j] * x[j];
            }

            loss += error * error / 2;
            slope += error * row[coordinate];
        }

        return (loss / batch.Count, slope / batch.Count);
    }
}
