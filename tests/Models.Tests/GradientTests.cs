using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Goal: every gradient is the derivative of its loss. Method: central differences of an independent loss in
/// double precision, and laws that tie one model or one batch to another.</summary>
public class GradientTests
{
    [Theory]
    [MemberData(nameof(Case.NamesDenseAndSparse), MemberType = typeof(Case))]
    public void Gradient_is_the_derivative_of_the_loss(string name, bool sparse)
    {
        Case item = Case.Named(name);

        Assert.Null(GradientChecker.Complaint(item, GradientChecker.Expected(item), item.Model, sparse));
    }

    [Theory]
    [MemberData(nameof(Case.Names), MemberType = typeof(Case))]
    public void Planted_sign_error_in_any_one_coordinate_is_caught(string name)
    {
        Case item = Case.Named(name);
        float[] gradient = Gradient(item.Model, item.Parameters(), item.Samples().All());
        int[] largeEnough = [.. Enumerable.Range(0, gradient.Length).Where(i => Math.Abs(gradient[i]) > 1e-4)];
        Assert.NotEmpty(largeEnough);
        (double Loss, double[] Gradient) expected = GradientChecker.Expected(item);
        foreach (int i in largeEnough)
        {
            var bent = new BentModel(item.Model, gradient => gradient[i] = -gradient[i]);

            Assert.Contains($"coordinate {i} ", GradientChecker.Complaint(item, expected, bent, sparse: false));
        }
    }

    [Theory]
    [MemberData(nameof(Case.Names), MemberType = typeof(Case))]
    public void Batch_gradient_and_loss_are_the_means_of_those_of_the_samples(string name)
    {
        Case item = Case.Named(name);
        ArraySource samples = item.Samples();
        float[] parameters = item.Parameters();
        double[] mean = new double[parameters.Length];
        double lossSum = 0;
        int correct = 0;
        using IGradientSession session = item.Model.CreateSession(samples.Count);
        float[] gradient = new float[parameters.Length];
        for (int row = 0; row < samples.Count; row++)
        {
            BatchLoss single = session.Gradient(parameters, samples.Rows(row), gradient);
            lossSum += single.LossSum;
            correct += single.Correct;
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += (double)gradient[i] / samples.Count;
            }
        }

        BatchLoss whole = session.Gradient(parameters, samples.All(), gradient);

        Assert.Equal(lossSum, whole.LossSum, 1e-4 * (1 + lossSum));
        Assert.Equal(samples.Count, whole.Count);
        Assert.Equal(correct, whole.Correct);
        // Sums of at most 40 terms of size 1 in single precision.
        Assert.All(mean.Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [MemberData(nameof(Case.NamesDenseAndSparse), MemberType = typeof(Case))]
    public void Evaluate_gives_the_loss_that_Gradient_gives(string name, bool sparse)
    {
        Case item = Case.Named(name);
        SampleBatch batch = item.Samples(sparse).All();
        float[] parameters = item.Parameters();
        using IGradientSession session = item.Model.CreateSession(batch.Count);

        BatchLoss evaluated = session.Evaluate(parameters, batch);

        Assert.Equal(session.Gradient(parameters, batch, new float[parameters.Length]), evaluated);
    }

    [Fact]
    public void Mlp_without_hidden_layers_is_softmax_regression() =>
        Prop.ForAll(Shapes(), shape =>
        {
            var (featureCount, classCount, sampleCount, seed) = shape;
            var plan = new ModelPlan { Kind = "softmax", L2 = 0.01 };
            var softmax = new Case("softmax", plan, featureCount, classCount, sampleCount, seed);
            Case mlp = softmax with { Plan = softmax.Plan with { Kind = "mlp" } };

            Assert.Equal(
                Gradient(softmax.Model, softmax.Parameters(), softmax.Samples().All()),
                Gradient(mlp.Model, softmax.Parameters(), softmax.Samples().All()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Softmax_of_two_classes_is_logistic_regression_in_the_difference_of_their_weights() =>
        Prop.ForAll(Shapes(), shape =>
        {
            var (featureCount, _, sampleCount, seed) = shape;
            var plan = new ModelPlan { Kind = "softmax", Bias = false };
            var softmax = new Case("softmax", plan, featureCount, 2, sampleCount, seed);
            Case logistic = softmax with { Plan = softmax.Plan with { Kind = "logistic" } };
            float[] parameters = softmax.Parameters();
            float[] difference =
                [.. Enumerable.Range(0, featureCount).Select(j => parameters[featureCount + j] - parameters[j])];

            float[] two = Gradient(softmax.Model, parameters, softmax.Samples().All());
            float[] one = Gradient(logistic.Model, difference, softmax.Samples().All());

            for (int j = 0; j < featureCount; j++)
            {
                Assert.Equal(one[j], two[featureCount + j], 1e-5f);
                Assert.Equal(-one[j], two[j], 1e-5f);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Case.Names), MemberType = typeof(Case))]
    public void Sparse_rows_give_the_gradient_of_the_same_rows_written_out(string name)
    {
        Case item = Case.Named(name);
        float[] dense = Gradient(item.Model, item.Parameters(), item.Samples().All());
        float[] sparse = Gradient(item.Model, item.Parameters(), item.Samples(sparse: true).All());

        if (item.Plan.Kind is "softmax" or "mlp")
        {
            // Their sums leave out terms that are 0 and nothing else.
            Assert.Equal(dense, sparse);
        }
        else
        {
            Assert.All(dense.Zip(sparse), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    [Fact]
    public void Gradient_overwrites_whatever_was_there()
    {
        foreach (Case item in Case.All)
        {
            foreach (bool sparse in (bool[])[false, true])
            {
                SampleBatch batch = item.Samples(sparse).All();
                float[] clean = Gradient(item.Model, item.Parameters(), batch);
                float[] dirty = [.. Enumerable.Repeat(float.NaN, clean.Length)];
                using IGradientSession session = item.Model.CreateSession(batch.Count);

                session.Gradient(item.Parameters(), batch, dirty);

                Assert.Equal(clean, dirty);
            }
        }
    }

    private static float[] Gradient(IModel model, float[] parameters, SampleBatch batch)
    {
        float[] gradient = new float[model.ParameterCount];
        using IGradientSession session = model.CreateSession(batch.Count);
        session.Gradient(parameters, batch, gradient);
        return gradient;
    }

    private static Arbitrary<(int FeatureCount, int ClassCount, int SampleCount, ulong Seed)> Shapes() =>
        (from featureCount in Gen.Choose(1, 90)
         from classCount in Gen.Choose(2, 14)
         from sampleCount in Gen.Choose(1, 70)
         from seed in Gen.Choose(0, int.MaxValue)
         select (featureCount, classCount, sampleCount, (ulong)seed)).ToArbitrary();
}
