using System.Text.Json.Nodes;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>Goal: a trained vector is a PyTorch state dict. Method: names, shapes and order of the same network in PyTorch.</summary>
[Collection(nameof(WithOracle))]
public class TorchLayoutTests(Oracle oracle)
{
    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Parameters_have_the_names_and_shapes_of_the_state_dict_in_its_order(string name)
    {
        TorchCase item = TorchCase.Named(name);
        IModel model = item.Model;
        JsonObject layout = oracle.Ask(item.Question("layout"));

        Assert.Equal(Lines(layout["parameters"]!), model.Tensors.Select(Line));
        Assert.Equal(Lines(layout["buffers"]!), model.Buffers.Select(Line));
        Assert.Equal(item.HasStatistics, model.Buffers.Count > 0);
        AssertFilled(model.Tensors, model.ParameterCount);
        AssertFilled(model.Buffers, model.Buffers.Sum(tensor => tensor.Length));
        Assert.Equal(item.Plan.Kind, model.Kind);
        Assert.Equal(item.ClassCount > 0, model.IsClassifier);
        Assert.False(model.HasExactSmoothness);
    }

    [Fact]
    public void Networks_have_as_many_parameters_as_their_papers_say()
    {
        Assert.Equal(61_706, ModelCatalog.Create(new ModelPlan { Kind = "lenet5" }, [1, 28, 28], 10).ParameterCount);
        Assert.Equal(269_722, ModelCatalog.Create(new ModelPlan { Kind = "resnet" }, [3, 32, 32], 10).ParameterCount);
        Assert.Equal(36_479_194, Models.Torch.Networks.WideResNet.ParameterCount(28, 10, 3, 10));
    }

    [Theory]
    [MemberData(nameof(TorchCase.Names), MemberType = typeof(TorchCase))]
    public void Parameters_are_counted_before_a_network_is_made(string name)
    {
        TorchCase item = TorchCase.Named(name);

        Assert.Equal(item.Model.ParameterCount, Models.NetworkFit.ParameterCount(item.Plan, item.Shape, item.ClassCount));
    }

    private static void AssertFilled(IReadOnlyList<ParameterTensor> tensors, int length)
    {
        int end = 0;
        foreach (ParameterTensor tensor in tensors)
        {
            Assert.Equal(end, tensor.Offset);
            end += tensor.Length;
        }

        Assert.Equal(length, end);
    }

    private static IEnumerable<string> Lines(JsonNode tensors) => tensors.AsArray().Select(
        tensor => $"{tensor![0]!.GetValue<string>()} [{string.Join(',', tensor[1]!.AsArray().Select(extent => extent!.GetValue<int>()))}]");

    private static string Line(ParameterTensor tensor) => $"{tensor.Name} [{string.Join(',', tensor.Shape)}]";
}
