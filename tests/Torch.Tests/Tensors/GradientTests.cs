using System.Runtime.InteropServices;
using TorchSharp;

namespace OrleansSgd.Torch.Tests.Tensors;

/// <summary>Recorded operations and their gradients.</summary>
public sealed class GradientTests
{
    private const double Step = 1e-6;

    public static TheoryData<string> Names => [.. Functions.Keys];

    private static readonly Dictionary<string, Func<torch.Tensor, torch.Tensor>> Functions = new()
    {
        ["arithmetic"] = x => (((x * x) + (2.0 / x)) - (3 * x)).div(x + 5).sum(),
        ["functions"] = x => (x.exp().log().tanh() + x.sigmoid() + x.sqrt() + x.pow(3)).mean(),
        ["product"] = x => x.view(2, 3).mm(x.view(3, 2)).tril().sum(),
        ["softmax"] = x => x.view(2, 3).log_softmax(1)[torch.TensorIndex.Colon, 1].sum() + x.softmax(0).max(),
        ["parts"] = x => torch.cat([x[1..4], x.narrow(0, 2, 2)]).norm() + x.view(2, 3).permute(1, 0).sum(0L).square().sum(),
        ["choice"] = x => x.where(x > 0.5, x * 2).masked_fill(x < 0.3, 0.0).sum() + x.clamp(0.2, 0.9).sum(),
        ["variance"] = x => x.var() + x.logsumexp(0) + x.cumsum(0).mean(),
    };

    /// <summary>Central differences with a step of 1e-6 in doubles are good to about 1e-9; a wrong gradient is off by far more.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_equal_finite_differences(string name)
    {
        using var scope = torch.NewDisposeScope();
        double[] point = [0.31, 1.2, 0.47, 0.83, 0.15, 0.66];
        var x = torch.tensor(point, requires_grad: true);
        Functions[name](x).backward();
        var gradient = x.grad!.data<double>().ToArray();
        for (var i = 0; i < point.Length; i++)
        {
            var slope = (At(name, point, i, Step) - At(name, point, i, -Step)) / (2 * Step);
            Assert.InRange(gradient[i], slope - 1e-7, slope + 1e-7);
        }
    }

    [Fact]
    public void Backward_adds_to_the_gradient_in_its_own_memory()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(new float[] { 1, 2 }, requires_grad: true);
        var memory = torch.zeros(2);
        x.grad = memory;
        (x * x).sum().backward();
        (x * 3).sum().backward();
        Assert.Equal([5f, 7f], MemoryMarshal.Cast<byte, float>(memory.bytes).ToArray());
    }

    [Fact]
    public void Nothing_is_recorded_without_gradients()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones(2, requires_grad: true);
        using (torch.no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (torch.enable_grad())
            {
                Assert.True((x * 2).requires_grad);
            }

            Assert.False(torch.is_grad_enabled());
        }

        Assert.True((x * 2).requires_grad);
        using (torch.inference_mode())
        {
            Assert.False((x * 2).requires_grad);
        }
    }

    [Fact]
    public void Gradients_of_chosen_inputs_leave_the_others_alone()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(3.0, requires_grad: true);
        var y = torch.tensor(4.0, requires_grad: true);
        var unused = torch.tensor(1.0, requires_grad: true);
        var found = torch.autograd.grad([x * x * y], [x, unused], allow_unused: true);
        Assert.Equal(24.0, found[0].ToDouble());
        Assert.Null(found[1]);
        Assert.Null(x.grad);
    }

    [Fact]
    public void Second_derivative_is_the_gradient_of_the_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(2.0, requires_grad: true);
        var first = torch.autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        Assert.Equal(12.0, torch.autograd.grad([first], [x])[0].ToDouble());
    }

    private static double At(string name, double[] point, int index, double step)
    {
        var moved = point.ToArray();
        moved[index] += step;
        using var scope = torch.NewDisposeScope();
        return Functions[name](torch.tensor(moved)).ToDouble();
    }
}
