namespace OrleansSgd.Models.Tests.Torch;

/// <summary>What a job may say about a deep network, and what is said of its mistakes.</summary>
public class TorchPlanTests
{
    [Fact]
    public void Key_that_the_kind_does_not_use_is_a_mistake()
    {
        var plan = new ModelPlan { Kind = "lenet5", Depth = 3, Width = 2, Heads = 2, Path = "a.pt", Loss = "squared" };

        Assert.Equal(
            [
                "model.depth is not used by kind lenet5, only by resnet, wideresnet, transformer; remove it.",
                "model.width is not used by kind lenet5, only by wideresnet, transformer; remove it.",
                "model.heads is not used by kind lenet5, only by transformer; remove it.",
                "model.path is not used by kind lenet5, only by torchscript; remove it.",
                "model.loss is not used by kind lenet5, only by torchscript; remove it.",
            ],
            plan.Mistakes("model"));
    }

    [Theory]
    [InlineData("resnet", 21, "depth is 21; a resnet has 6n + 2 layers: use 8, 14, 20 … up to 1000.")]
    [InlineData("resnet", 2, "depth is 2; a resnet has 6n + 2 layers: use 8, 14, 20 … up to 1000.")]
    [InlineData("wideresnet", 26, "depth is 26; a wideresnet has 6n + 4 layers: use 10, 16, 22 … up to 1000.")]
    [InlineData("transformer", 0, "depth is 0; use 1 to 128.")]
    public void Depth_outside_the_family_is_a_mistake(string kind, int depth, string mistake) =>
        Assert.Equal([mistake], new ModelPlan { Kind = kind, Depth = depth }.Mistakes(""));

    [Fact]
    public void Heads_must_share_the_width_evenly()
    {
        Assert.Equal(
            ["width is 10, which 4 heads cannot share evenly; use a multiple of model.heads."],
            new ModelPlan { Kind = "transformer", Width = 10 }.Mistakes(""));
        Assert.Equal(["heads is 0; use 1 to 1024."], new ModelPlan { Kind = "transformer", Heads = 0 }.Mistakes(""));
    }

    [Fact]
    public void Architecture_keeps_its_biases()
    {
        Assert.Equal(
            ["bias is false, but resnet has the biases of its architecture; remove it."],
            new ModelPlan { Kind = "resnet", Bias = false }.Mistakes(""));
        Assert.Empty(new ModelPlan { Kind = "torch-mlp", Bias = false, Hidden = [4] }.Mistakes(""));
    }

    [Theory]
    [InlineData("lenet5")]
    [InlineData("resnet")]
    [InlineData("wideresnet")]
    [InlineData("torch-mlp")]
    [InlineData("transformer")]
    public void Defaults_are_no_mistake(string kind) => Assert.Empty(new ModelPlan { Kind = kind }.Mistakes("model"));

    [Theory]
    [InlineData("lenet5", new[] { 784 }, "a sample is [784] and lenet5 wants images [channels, height, width]")]
    [InlineData("lenet5", new[] { 1, 11, 28 }, "a sample is [1, 11, 28] and lenet5 wants images [channels, height, width] of at least 12 by 12")]
    [InlineData("resnet", new[] { 3072 }, "a sample is [3072] and resnet wants images [channels, height, width]; use data of kind cifar10")]
    [InlineData("wideresnet", new[] { 32, 32 }, "a sample is [32, 32] and wideresnet wants images")]
    [InlineData("transformer", new[] { 3, 8 }, "a sample is [3, 8] and transformer wants at least 2 tokens; use data of kind text")]
    [InlineData("transformer", new[] { 1 }, "a sample is [1] and transformer wants at least 2 tokens")]
    public void Samples_of_another_shape_are_a_mistake_before_training(string kind, int[] shape, string mistake) =>
        Assert.Contains(mistake, Assert.Single(new ModelPlan { Kind = kind }.MistakesWith("model", shape, 10)));

    [Theory]
    [InlineData("lenet5")]
    [InlineData("resnet")]
    [InlineData("transformer")]
    public void Targets_are_a_mistake_where_classes_are_wanted(string kind) =>
        Assert.StartsWith(
            $"model.kind is {kind}, but the data has real-valued targets",
            Assert.Single(new ModelPlan { Kind = kind }.MistakesWith("model", [1, 28, 28], 0)));

    [Fact]
    public void Network_too_large_for_one_vector_is_a_mistake_and_is_never_made()
    {
        var plan = new ModelPlan { Kind = "wideresnet", Depth = 1000, Width = 64 };

        Assert.Contains("the most is 536870911", Assert.Single(plan.MistakesWith("model", [3, 32, 32], 10)));
        Assert.Contains(
            "the most is 536870911",
            Assert.Single(new ModelPlan { Kind = "torch-mlp", Hidden = [1 << 20, 1 << 20] }.MistakesWith("model", [784], 10)));
    }
}
