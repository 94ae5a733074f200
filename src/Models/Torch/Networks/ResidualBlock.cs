using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

/// <summary>Two 3 × 3 convolutions with batch normalisation, and the way around them.</summary>
/// <remarks>
/// Where a group begins, the way around takes every second pixel and puts zeros around the channels that were there: option A of
/// He et al. 2016, which has no parameters.
/// </remarks>
internal sealed class ResidualBlock : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn1;
    private readonly Conv2d _conv2;
    private readonly BatchNorm2d _bn2;
    private readonly int _stride;
    private readonly int _padding;

    public ResidualBlock(int inputs, int outputs, int stride)
        : base(nameof(ResidualBlock))
    {
        _conv1 = torch.nn.Conv2d(inputs, outputs, 3, stride, 1, bias: false);
        _bn1 = Norms.Batch(outputs);
        _conv2 = torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias: false);
        _bn2 = Norms.Batch(outputs);
        _stride = stride;
        _padding = (outputs - inputs) / 2;
        register_module("conv1", _conv1);
        register_module("bn1", _bn1);
        register_module("conv2", _conv2);
        register_module("bn2", _bn2);
    }

    /// <summary>Parameters of one block.</summary>
    public static long ParameterCount(int inputs, int outputs) => (9L * inputs * outputs) + (9L * outputs * outputs) + (4L * outputs);

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = torch.nn.functional.relu(_bn1.forward(_conv1.forward(input)), inplace: true);
        x = _bn2.forward(_conv2.forward(x));
        return torch.nn.functional.relu(x.add_(Around(input)), inplace: true);
    }

    private torch.Tensor Around(torch.Tensor input)
    {
        if (_stride == 1 && _padding == 0)
        {
            return input;
        }

        torch.Tensor pixels = input.slice(2, 0, input.shape[2], _stride).slice(3, 0, input.shape[3], _stride);
        return torch.nn.functional.pad(pixels, [0, 0, 0, 0, _padding, _padding]);
    }
}
