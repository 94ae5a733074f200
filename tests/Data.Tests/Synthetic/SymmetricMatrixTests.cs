using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Data.Synthetic;

namespace OrleansSgd.Data.Tests.Synthetic;

public class SymmetricMatrixTests
{
    [Fact]
    public void Eigenvalues_of_a_small_matrix_by_hand()
    {
        // [[2, 1], [1, 2]] has 1 and 3.
        (double min, double max) = SymmetricMatrix.ExtremeEigenvalues([2, 1, 1, 2], 2);

        Assert.Equal(1, min, 1e-14);
        Assert.Equal(3, max, 1e-14);
        Assert.Equal((5, 5), SymmetricMatrix.ExtremeEigenvalues([5], 1));
        Assert.Equal((-1, 4), SymmetricMatrix.ExtremeEigenvalues([4, 0, 0, 0, -1, 0, 0, 0, 2], 3));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(50)]
    [InlineData(101)]
    public void Eigenvalues_of_the_second_difference_are_the_known_cosines(int d)
    {
        double[] a = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            a[i * d + i] = 2;
            if (i > 0)
            {
                a[i * d + i - 1] = a[(i - 1) * d + i] = -1;
            }
        }

        (double min, double max) = SymmetricMatrix.ExtremeEigenvalues(a, d);

        Assert.Equal(2 - 2 * Math.Cos(Math.PI / (d + 1)), min, 1e-13);
        Assert.Equal(2 - 2 * Math.Cos(Math.PI * d / (d + 1)), max, 1e-13);
    }

    [Fact]
    public void Cholesky_solves_what_it_factored_and_refuses_what_is_not_positive() =>
        Prop.ForAll(Gen.Choose(1, 12).ToArbitrary(), Gen.Choose(0, 10_000).ToArbitrary(), (d, seed) =>
        {
            var random = new Random(seed);
            double[] root = [.. Enumerable.Range(0, d * d).Select(_ => random.NextDouble() - 0.5)];
            double[] a = new double[d * d];
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j < d; j++)
                {
                    a[i * d + j] = FixedOrder.Dot(root.AsSpan(i * d, d), root.AsSpan(j * d, d)) + (i == j ? 1 : 0);
                }
            }

            double[] x = [.. Enumerable.Range(1, d).Select(i => (double)i)];
            double[] b = [.. Enumerable.Range(0, d).Select(i => FixedOrder.Dot(a.AsSpan(i * d, d), x))];
            double[] factor = [.. a];
            Assert.True(SymmetricMatrix.TryCholesky(factor, d));
            SymmetricMatrix.SolveLower(factor, d, b);
            SymmetricMatrix.SolveLowerTransposed(factor, d, b);
            // Condition below 20, d up to 12: far above rounding, far below a wrong digit.
            Assert.All(b.Zip(x), pair => Assert.Equal(pair.Second, pair.First, 1e-10));

            a[0] = -1;
            Assert.False(SymmetricMatrix.TryCholesky(a, d));
        }).QuickCheckThrowOnFailure();
}
