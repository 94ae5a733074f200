using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>What a job may say about its model, and what comes of it.</summary>
public class CatalogTests
{
    [Fact]
    public void Plan_reports_every_mistake_at_once_with_key_value_and_range()
    {
        var plan = new ModelPlan { Kind = "mlp", Hidden = [10, 0, -3], Activation = "gelu", L2 = -1 };

        Assert.Equal(
            [
                "model.hidden[1] is 0; use 1 to 1048576.",
                "model.hidden[2] is -3; use 1 to 1048576.",
                "model.activation is 'gelu'; use relu or tanh.",
                "model.l2 is -1; use 0 to 1000000.",
            ],
            plan.Mistakes("model"));
    }

    [Fact]
    public void Unknown_kind_lists_the_known_ones() =>
        Assert.Equal(
            ["kind is 'svm'; use one of least-squares, logistic, softmax, mlp, lenet5, resnet, wideresnet, torch-mlp, transformer, torchscript."],
            new ModelPlan { Kind = "svm" }.Mistakes(""));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void L2_that_is_not_finite_is_a_mistake(double l2) =>
        Assert.Single(new ModelPlan { L2 = l2 }.Mistakes("model"));

    [Fact]
    public void Hidden_layers_of_a_convex_model_are_a_mistake() =>
        Assert.Equal(
            ["model.hidden has 1 layers, but softmax takes none; use kind mlp."],
            new ModelPlan { Kind = "softmax", Hidden = [10] }.Mistakes("model"));

    [Theory]
    [InlineData("least-squares", 10)]
    [InlineData("logistic", 0)]
    [InlineData("logistic", 10)]
    [InlineData("softmax", 0)]
    [InlineData("mlp", 1)]
    public void Plan_that_does_not_fit_the_labels_says_what_would(string kind, int classCount)
    {
        string mistake = Assert.Single(new ModelPlan { Kind = kind }.MistakesWith("model", [4], classCount));

        Assert.StartsWith($"model.kind is {kind}, but the data has ", mistake);
        Assert.Contains("; ", mistake);
    }

    [Fact]
    public void Network_too_large_for_one_vector_is_a_mistake_and_does_not_overflow()
    {
        var plan = new ModelPlan { Kind = "mlp", Hidden = [1 << 20, 1 << 20] };

        Assert.Contains("the most is 1000000000", Assert.Single(plan.MistakesWith("model", [784], 10)));
    }

    [Fact]
    public void Create_refuses_a_plan_with_mistakes_and_names_them()
    {
        var error = Assert.Throws<ArgumentException>(
            () => ModelCatalog.Create(new ModelPlan { Kind = "svm", L2 = -1 }, [4], 2));

        Assert.Contains("model.kind is 'svm'", error.Message);
        Assert.Contains("model.l2 is -1", error.Message);
    }

    [Theory]
    [MemberData(nameof(Case.Names), MemberType = typeof(Case))]
    public void Tensors_ascend_without_holes_and_fill_the_vector(string name)
    {
        IModel model = Case.Named(name).Model;
        int end = 0;
        foreach (ParameterTensor tensor in model.Tensors)
        {
            Assert.Equal(end, tensor.Offset);
            end += tensor.Length;
        }

        Assert.Equal(model.ParameterCount, end);
        Assert.Equal(Case.Named(name).Plan.Kind, model.Kind);
        Assert.Equal(Case.Named(name).ClassCount > 0, model.IsClassifier);
    }

    [Fact]
    public void Softmax_has_the_names_and_shapes_of_one_linear_layer()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "softmax" }, [784], 10);

        Assert.Equal(["weight [10,784] at 0", "bias [10] at 7840"], model.Tensors.Select(Describe));
    }

    [Fact]
    public void Mlp_has_the_names_and_shapes_of_a_sequential_network()
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "mlp", Hidden = [256, 64] }, [784], 10);

        Assert.Equal(
            [
                "0.weight [256,784] at 0", "0.bias [256] at 200704",
                "2.weight [64,256] at 200960", "2.bias [64] at 217344",
                "4.weight [10,64] at 217408", "4.bias [10] at 218048",
            ],
            model.Tensors.Select(Describe));
    }

    [Theory]
    [InlineData("least-squares", 0)]
    [InlineData("logistic", 2)]
    public void Linear_model_has_one_row_of_weights(string kind, int classCount)
    {
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = kind }, [5], classCount);

        Assert.Equal(["weight [1,5] at 0", "bias [1] at 5"], model.Tensors.Select(Describe));
    }

    private static string Describe(ParameterTensor tensor) =>
        $"{tensor.Name} [{string.Join(',', tensor.Shape)}] at {tensor.Offset}";
}
