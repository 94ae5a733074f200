using TorchSharp;

namespace OrleansSgd.Torch.Tests.Tensors;

/// <summary>The same computation gives the same bits: again, and on two threads at once.</summary>
public sealed class RepeatabilityTests
{
    [Fact]
    public async Task Two_threads_at_once_compute_the_same_bits_as_one()
    {
        var alone = Trajectory();
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            Task.Factory.StartNew(Trajectory, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        Assert.Equal(alone, both[0]);
        Assert.Equal(alone, both[1]);
    }

    [Fact]
    public void Generator_gives_the_same_numbers_from_the_same_seed()
    {
        using var scope = torch.NewDisposeScope();
        using var first = new torch.Generator(7);
        using var second = new torch.Generator(7);
        using var other = new torch.Generator(8);
        var numbers = torch.randn(100, generator: first).data<float>().ToArray();
        Assert.Equal(numbers, torch.randn(100, generator: second).data<float>().ToArray());
        Assert.NotEqual(numbers, torch.randn(100, generator: other).data<float>().ToArray());
        Assert.Equal(7, first.initial_seed());
        Assert.Equal(numbers, torch.randn(100, generator: first.manual_seed(7)).data<float>().ToArray());
    }

    /// <summary>Fifty steps of descent on a two-layer network, without any drawing of numbers: every bit of the weights.</summary>
    private static byte[] Trajectory()
    {
        using var scope = torch.NewDisposeScope();
        var inputs = torch.linspace(-1, 1, 64 * 20).view(64, 20).sin();
        var first = torch.linspace(-0.2, 0.3, 20 * 32).view(20, 32).clone().requires_grad_();
        var second = torch.linspace(0.1, -0.1, 32 * 4).view(32, 4).clone().requires_grad_();
        for (var step = 0; step < 50; step++)
        {
            using var inner = torch.NewDisposeScope();
            inputs.mm(first).relu().mm(second).log_softmax(1)[torch.TensorIndex.Colon, step % 4].mean().neg().backward();
            using var still = torch.no_grad();
            foreach (var weights in new[] { first, second })
            {
                weights.sub_(weights.grad! * 0.1);
                weights.grad!.zero_();
            }
        }

        return [.. first.bytes, .. second.bytes];
    }
}
