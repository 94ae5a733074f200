using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Losses and gradients one can do on paper.</summary>
public class HandValueTests
{
    [Fact]
    public void Least_squares_of_two_rows()
    {
        // Residuals 1·2 + 2·1 + 1 − 4 = 1 and 3·2 + 0 + 1 − 4 = 3: losses ½ and 4½.
        // Gradient ½·(1·[1, 2, 1] + 3·[3, 0, 1]).
        (BatchLoss loss, float[] gradient) = Run(
            new ModelPlan { Kind = "least-squares" }, 0, [[1, 2], [3, 0]], [4, 4], [2, 1, 1]);

        Assert.Equal(new BatchLoss(5, 2, 0), loss);
        Assert.Equal([5f, 1f, 2f], gradient);
    }

    [Fact]
    public void L2_adds_half_lambda_times_the_squared_norm_to_every_sample()
    {
        // ‖x‖² = 4 + 1 + 1: 2 samples × ½·½·6 = 3 more than without; the gradient grows by ½·x.
        (BatchLoss loss, float[] gradient) = Run(
            new ModelPlan { Kind = "least-squares", L2 = 0.5 }, 0, [[1, 2], [3, 0]], [4, 4], [2, 1, 1]);

        Assert.Equal(new BatchLoss(8, 2, 0), loss);
        Assert.Equal([6f, 1.5f, 2.5f], gradient);
    }

    [Fact]
    public void Logistic_loss_at_zero_is_the_logarithm_of_two()
    {
        (BatchLoss loss, float[] gradient) = Run(
            new ModelPlan { Kind = "logistic" }, 2, [[1, -2], [4, 0]], [1, 0], [0, 0, 0]);

        Assert.Equal(2 * Math.Log(2), loss.LossSum, 1e-12);
        // Score 0 says class 0, so the second sample is correct. Slopes −½ and ½, halved by the mean.
        Assert.Equal(1, loss.Correct);
        Assert.Equal([0.75f, 0.5f, 0f], gradient);
    }

    [Theory]
    [InlineData(1000f, 1f, 0.0)]
    [InlineData(1000f, 0f, 1000.0)]
    [InlineData(-1000f, 0f, 0.0)]
    [InlineData(-1000f, 1f, 1000.0)]
    public void Logistic_loss_of_a_huge_score_neither_overflows_nor_vanishes(
        float score, float label, double expected)
    {
        (BatchLoss loss, _) = Run(
            new ModelPlan { Kind = "logistic", Bias = false }, 2, [[1]], [label], [score]);

        Assert.Equal(expected, loss.LossSum);
    }

    [Fact]
    public void Softmax_loss_at_zero_is_the_logarithm_of_the_class_count()
    {
        (BatchLoss loss, float[] gradient) = Run(
            new ModelPlan { Kind = "softmax" }, 4, [[2], [2]], [0, 3], new float[8]);

        Assert.Equal(2 * Math.Log(4), loss.LossSum, 1e-6);
        // All classes tie and the first wins.
        Assert.Equal(1, loss.Correct);
        Assert.Equal([-0.5f, 0.5f, 0.5f, -0.5f, -0.25f, 0.25f, 0.25f, -0.25f], gradient);
    }

    [Fact]
    public void Softmax_loss_of_huge_scores_neither_overflows_nor_vanishes()
    {
        (BatchLoss loss, float[] gradient) = Run(
            new ModelPlan { Kind = "softmax", Bias = false }, 3, [[1000]], [1], [1, -1, 0]);

        Assert.Equal(new BatchLoss(2000, 1, 0), loss);
        Assert.Equal([1000f, -1000f, 0f], gradient);
    }

    [Fact]
    public void Relu_network_of_one_hidden_unit()
    {
        // h = max(0, 2·3 − 1) = 5, z = 4·5 + 1 = 21, residual 21 − 20 = 1.
        // Gradients: second layer 5 and 1; first layer 4·3 = 12 and 4.
        (BatchLoss loss, float[] gradient) = Run(
            new ModelPlan { Kind = "mlp", Hidden = [1] }, 0, [[3]], [20], [2, -1, 4, 1]);

        Assert.Equal(new BatchLoss(0.5, 1, 0), loss);
        Assert.Equal([12f, 4f, 5f, 1f], gradient);
    }

    [Fact]
    public void Relu_unit_that_is_off_passes_nothing_back()
    {
        (_, float[] gradient) = Run(
            new ModelPlan { Kind = "mlp", Hidden = [1] }, 0, [[3]], [20], [-2, -1, 4, 1]);

        Assert.Equal([0f, 0f, 0f, -19f], gradient);
    }

    private static (BatchLoss Loss, float[] Gradient) Run(
        ModelPlan plan, int classCount, float[][] features, float[] labels, float[] parameters)
    {
        IModel model = ModelCatalog.Create(plan, [features[0].Length], classCount);
        float[] gradient = new float[model.ParameterCount];
        using IGradientSession session = model.CreateSession(features.Length);
        BatchLoss loss = session.Gradient(
            parameters, new ArraySource(features, labels, classCount, isSparse: false).All(), gradient);
        return (loss, gradient);
    }
}
