using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Smoothness;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Goal: L is true (‖∇f(x) − ∇f(y)‖ ≤ L·‖x − y‖ always) and tight where it claims to be. Method: random
/// pairs, and pairs along the worst direction.</summary>
public class SmoothnessTests
{
    // Of rows as short as here.
    private const double Accuracy = 0.005;

    [Fact]
    public void Gradient_never_changes_faster_than_L_allows() =>
        Prop.ForAll(Trials(), trial => Assert.Null(Complaint(trial, factor: 1))).QuickCheckThrowOnFailure();

    [Fact]
    public void Planted_L_that_is_five_percent_too_small_is_caught()
    {
        // Along the worst direction of a quadratic the gradient changes by exactly L.
        var trial = new Trial("least-squares", 3, 10, 0.1, Bias: true, IsWorst: true, Seed: 4);

        Assert.Null(Complaint(trial, factor: 1));
        Assert.NotNull(Complaint(trial, factor: 0.95));
    }

    [Fact]
    public void L_of_least_squares_is_tight_within_its_stated_accuracy() =>
        Prop.ForAll(Trials(), trial =>
        {
            // With a bias λmax is at least 1; without one, samples that are all 0 leave nothing to be tight about.
            trial = trial with { Kind = "least-squares", Bias = true, IsWorst = true };
            (double change, double distance, double smoothness) = Change(trial);

            // The worst direction comes from 3000 plain power steps, the rest of the margin is single precision.
            Assert.InRange(smoothness * distance / change, 0.999, 1 / (1 - Accuracy) + 0.005);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("least-squares", 0, 1.0)]
    [InlineData("logistic", 2, 0.25)]
    [InlineData("softmax", 3, 0.5)]
    public void L_of_two_orthogonal_rows_by_hand(string kind, int classCount, double curvature)
    {
        // AᵀA/n = diag(16, 9)/2 without a bias; with l2 = 0.5 the exact L is curvature·8 + ½.
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = kind, Bias = false, L2 = 0.5 }, [2], classCount);
        foreach (bool sparse in (bool[])[false, true])
        {
            double exact = (curvature * 8) + 0.5;
            var samples = new ArraySource([[4, 0], [0, 3]], [0, 1], classCount, sparse);
            double smoothness = model.Smoothness(samples)!.Value;

            Assert.InRange(smoothness, exact, exact * (1 + (1.1 * Accuracy)));
        }
    }

    [Fact]
    public void L_counts_the_bias_as_a_feature_that_is_always_one()
    {
        // Rows [0, 1]: AᵀA/n = diag(0, 1).
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "least-squares" }, [1], 0);

        double smoothness = model.Smoothness(new ArraySource([[0], [0]], [1, 2], 0, isSparse: false))!.Value;

        Assert.InRange(smoothness, 1, 1 + (1.1 * Accuracy));
    }

    [Fact]
    public void L_of_samples_that_are_all_zero_is_l2()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "least-squares", Bias = false, L2 = 0.5 }, [3], 0);

        Assert.Equal(0.5, model.Smoothness(new ArraySource([[0, 0, 0]], [1], 0, isSparse: false)));
    }

    [Fact]
    public void Dense_and_sparse_samples_have_the_same_L() =>
        Prop.ForAll(Trials(), trial =>
        {
            IModel model = trial.Item.Model;
            double dense = model.Smoothness(trial.Item.Samples())!.Value;
            double sparse = model.Smoothness(trial.Item.Samples(sparse: true))!.Value;

            // Sums of dense samples are rounded to single precision, and the bound says so.
            Assert.InRange(dense, sparse * (1 - 1e-9), sparse * (1 + 1e-4));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1000, 0.005, 250)]
    [InlineData(2000, 0.05, 60)]
    public void Bound_holds_and_keeps_its_accuracy_when_eigenvalues_crowd_at_the_top(int dimension, double accuracy, int productsMax)
    {
        // Eigenvalues between 0.99 and 1: the gap that defeats power iteration.
        var matrix = new Diagonal([.. Enumerable.Range(0, dimension).Select(i => 0.99 + (0.01 * i / (dimension - 1)))]);

        Assert.InRange(SpectralBound.Of(matrix), 1, (1 + 1e-12) / (1 - accuracy));
        Assert.InRange(matrix.ProductCount, 10, productsMax);
    }

    [Fact]
    public void Network_has_no_L() =>
        Assert.Null(Case.Named("mlp, relu").Model.Smoothness(Case.Named("mlp, relu").Samples()));

    [Fact]
    public void Sample_that_is_not_finite_is_refused()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "least-squares" }, [1], 0);

        var error = Assert.Throws<InvalidDataException>(
            () => model.Smoothness(new ArraySource([[1], [float.NaN]], [1, 2], 0, isSparse: false)));

        Assert.Contains("not finite", error.Message);
    }

    [Fact]
    public void L_of_the_whole_set_is_that_of_its_model_and_a_network_has_none()
    {
        var samples = new ArraySource([[4, 0], [0, 3]], [0, 1], 2, isSparse: false);
        IModel softmax = ModelCatalog.Create(new ModelPlan { Kind = "softmax", L2 = 0.5 }, [2], 2);

        Assert.Equal(softmax.Smoothness(samples), SmoothnessBound.Of(softmax, samples));
        Assert.Null(SmoothnessBound.Of(ModelCatalog.Create(new ModelPlan { Kind = "mlp", Hidden = [3] }, [2], 2), samples));
    }

    [Theory]
    [InlineData(1, 3, false)]
    [InlineData(33, 65, true)] // one column and one sample over a tile
    [InlineData(70, 130, false)]
    [InlineData(31, 64, true)]
    public void Gram_matrix_multiplies_as_a_sweep_over_the_samples(int featureCount, int sampleCount, bool withOne)
    {
        var random = new SeededRandom(7);
        float[][] features = [.. Enumerable.Range(0, sampleCount)
            .Select(_ => Enumerable.Range(0, featureCount).Select(_ => (float)random.NextGaussian()).ToArray())];
        var sweep = new RowSweep(new ArraySource(features, new float[sampleCount], 0, isSparse: false), withOne);
        var gram = new GramMatrix(sweep);
        double[] direction = [.. Enumerable.Range(0, sweep.Dimension).Select(_ => random.NextGaussian())];
        double[] expected = new double[sweep.Dimension];
        double[] result = new double[sweep.Dimension];

        sweep.Multiply(direction, expected);
        gram.Multiply(direction, result);

        double error = Math.Sqrt(expected.Zip(result).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / direction.Sum(x => x * x));
        Assert.InRange(error, 0, gram.ErrorMax);
        Assert.InRange(gram.ErrorMax, 0, 1e-5 * sweep.Dimension * features.Max(row => row.Max(x => x * x) + 1));
    }

    [Theory]
    [InlineData(1e-15f)]
    [InlineData(1e-22f)] // its square is below every number of single precision
    [InlineData(1e22f)] // and this one's above
    public void L_of_samples_whose_squares_single_precision_does_not_hold_is_found_all_the_same(float scale)
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "least-squares", Bias = false }, [2], 0);

        double smoothness = model.Smoothness(new ArraySource([[scale, 0], [0, 2 * scale]], [1, 2], 0, isSparse: false))!.Value;

        double exact = 2 * (double)scale * scale;
        Assert.InRange(smoothness, exact, exact * (1 + (1.1 * Accuracy)));
    }

    private static string? Complaint(Trial trial, double factor)
    {
        (double change, double distance, double smoothness) = Change(trial);
        // 1e-4: both gradients are single-precision sums of terms up to about 20.
        return change <= (factor * smoothness * distance) + 1e-4
            ? null
            : $"{trial}: gradient moved {change} over {distance}, L is {smoothness}.";
    }

    private static (double Change, double Distance, double Smoothness) Change(Trial trial)
    {
        Case item = trial.Item;
        IModel model = item.Model;
        SampleBatch all = item.Samples().All();
        float[] x = item.Parameters();
        float[] y = trial.IsWorst ? AlongWorst(item, x) : (item with { Seed = item.Seed + 1 }).Parameters();
        float[] gx = new float[x.Length];
        float[] gy = new float[x.Length];
        using IGradientSession session = model.CreateSession(all.Count);
        session.Gradient(x, all, gx);
        session.Gradient(y, all, gy);
        return (Distance(gx, gy), Distance(x, y), model.Smoothness(item.Samples())!.Value);
    }

    // x plus ten times the top eigenvector of the rows, by plain power iteration.
    private static float[] AlongWorst(Case item, float[] x)
    {
        var rows = new RowSweep(item.Samples(), item.Plan.Bias);
        double[] direction = [.. Enumerable.Repeat(1.0, rows.Dimension)];
        double[] next = new double[rows.Dimension];
        for (int step = 0; step < 3000; step++)
        {
            rows.Multiply(direction, next);
            double length = Math.Sqrt(next.Sum(v => v * v));
            direction = [.. next.Select(v => v / length)];
        }

        return [.. x.Zip(direction, (a, b) => (float)(a + (10 * b)))];
    }

    private static double Distance(float[] x, float[] y) =>
        Math.Sqrt(x.Zip(y).Sum(pair => Math.Pow((double)pair.First - pair.Second, 2)));

    private static Arbitrary<Trial> Trials() =>
        (from kind in Gen.Elements("least-squares", "logistic", "softmax")
         from featureCount in Gen.Choose(2, 12)
         from sampleCount in Gen.Choose(2, 30)
         from l2 in Gen.Elements(0, 0.1, 2)
         from bias in Gen.Elements(false, true)
         from seed in Gen.Choose(0, int.MaxValue)
         select new Trial(kind, featureCount, sampleCount, l2, bias, false, (ulong)seed)).ToArbitrary();

    internal sealed record Trial(
        string Kind, int FeatureCount, int SampleCount, double L2, bool Bias, bool IsWorst, ulong Seed)
    {
        public Case Item => new(
            Kind, new ModelPlan { Kind = Kind, L2 = L2, Bias = Bias }, FeatureCount,
            Kind == "least-squares" ? 0 : Kind == "logistic" ? 2 : 4, SampleCount, Seed);
    }

    private sealed class Diagonal(double[] eigenvalues) : ISymmetricProduct
    {
        public int ProductCount { get; private set; }

        public int Dimension => eigenvalues.Length;

        public void Multiply(ReadOnlySpan<double> direction, Span<double> result)
        {
            ProductCount++;
            for (int i = 0; i < eigenvalues.Length; i++)
            {
                result[i] = eigenvalues[i] * direction[i];
            }
        }
    }
}
