using System.Runtime.InteropServices;
using OrleansSgd.Torch.Tests.NN;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansSgd.Torch.Tests.StandIn;

/// <summary>What networks refuse and free here; the real library says less, or later.</summary>
public sealed class NetworkTests
{
    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public void A_vector_of_another_length_is_refused_and_changes_nothing(int length)
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(3, 2);
        var before = Values.Read(nn.utils.parameters_to_vector(layer.parameters()));
        var failure = Assert.Throws<ExternalException>(() => nn.utils.vector_to_parameters(zeros([length]), layer.parameters()));
        Assert.Contains($"{length} values but the parameters have 8", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, Values.Read(nn.utils.parameters_to_vector(layer.parameters())));
    }

    [Fact]
    public void A_network_frees_what_it_owns()
    {
        var before = Values.LiveCount();
        var network = Sequential(Conv2d(1, 2, 3), BatchNorm2d(2), Sequential(Flatten(), Linear(8, 2)), LayerNorm(2));
        Assert.True(Tensor.TotalCount > before);
        network.Dispose();
        network.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var scope = NewDisposeScope();
        using var module = BatchNorm2d(2);
        var part = new Dictionary<string, Tensor> { ["weight"] = zeros([2]), ["none"] = zeros([1]) };
        var refusal = Assert.Throws<InvalidOperationException>(() => module.load_state_dict(part));
        Assert.Contains("missing bias, running_mean", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("unexpected none", refusal.Message, StringComparison.Ordinal);

        var windows = Assert.Throws<ArgumentException>(() => functional.max_pool2d(ones([1, 1, 4, 4]), [2, 2, 2]));
        Assert.Contains("kernel_size has 3 numbers", windows.Message, StringComparison.Ordinal);
        using var layer = Conv2d(3, 2, 3);
        var channels = Assert.Throws<ArgumentException>(() => layer.call(ones([1, 4, 5, 5])));
        Assert.Contains("with 3 channels to Conv2d, got [1, 4, 5, 5]", channels.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Embedding(3, 2, sparse: true));
        Assert.Throws<InvalidOperationException>(() => Sequential(("a", ReLU()), ("a", ReLU())));
    }
}
