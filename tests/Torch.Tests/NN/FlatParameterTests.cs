using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansSgd.Torch.Tests.NN;

/// <summary>Parameters and gradients as views of two vectors: what the grid's networks are made of.</summary>
public sealed class FlatParameterTests
{
    [Fact]
    public void Parameters_become_views_of_the_vector()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(3, 2);
        var vector = tensor(Enumerable.Range(0, 8).Select(i => (float)i).ToArray());
        nn.utils.vector_to_parameters(vector, layer.parameters());
        Assert.Equal([0f, 1, 2, 3, 4, 5], Values.Read(layer.weight));
        Assert.Equal([6f, 7], Values.Read(layer.bias!));

        MemoryMarshal.Cast<byte, float>(vector.bytes)[4] = 40;
        MemoryMarshal.Cast<byte, float>(layer.bias!.bytes)[1] = 70;
        Assert.Equal([0f, 1, 2, 3, 40, 5], Values.Read(layer.weight));
        Assert.Equal(70, Values.Read(vector)[7]);
        Assert.True(layer.weight.is_leaf && layer.weight.requires_grad);
        Assert.Equal(Values.Read(vector), Values.Read(nn.utils.parameters_to_vector(layer.parameters())));
    }

    [Fact]
    public void The_parameters_keep_the_memory_of_a_vector_that_was_disposed()
    {
        using var layer = Linear(3, 2);
        using (var vector = full([8], 2.5f))
            nn.utils.vector_to_parameters(vector, layer.parameters());
        // Something else takes the memory if it is free.
        using var other = zeros([8]);
        Assert.Equal([2.5f, 2.5f], Values.Read(layer.bias!));
    }

    [Fact]
    public void Backward_adds_into_the_gradient_views_in_place()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(3, 2);
        var vector = arange(8, ScalarType.Float32);
        var gradients = zeros([8]);
        nn.utils.vector_to_parameters(vector, layer.parameters());
        layer.weight.grad = gradients.narrow(0, 0, 6).view(2, 3);
        layer.bias!.grad = gradients.narrow(0, 6, 2).view(2);

        var input = tensor(new float[] { 1, 2, 3 }, [1, 3]);
        layer.call(input).sum().backward();
        Assert.Equal([1f, 2, 3, 1, 2, 3, 1, 1], Values.Read(gradients));
        layer.call(input).sum().backward();
        Assert.Equal([2f, 4, 6, 2, 4, 6, 2, 2], Values.Read(gradients));

        gradients.zero_();
        layer.call(input).sum().backward();
        Assert.Equal([1f, 2, 3, 1, 2, 3, 1, 1], Values.Read(gradients));
    }

    [Fact]
    public void Gradients_are_clipped_to_their_common_norm()
    {
        using var scope = NewDisposeScope();
        using var layer = Linear(1, 1);
        layer.weight.grad = tensor(new float[] { 3 }, [1, 1]);
        layer.bias!.grad = tensor(new float[] { 4 });
        Assert.Equal(5, nn.utils.clip_grad_norm_(layer.parameters(), 10), 1e-6);
        Assert.Equal([3f], Values.Read(layer.weight.grad));
        Assert.Equal(5, nn.utils.clip_grad_norm_(layer.parameters(), 1), 1e-6);
        Assert.Equal(0.6, Values.Read(layer.weight.grad)[0], 1e-5);
        Assert.Equal(0.8, Values.Read(layer.bias.grad)[0], 1e-5);
    }
}
