using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch.Networks;

/// <summary>Two 3 × 3 convolutions, each after batch normalisation and ReLU, and the way around them.</summary>
/// <remarks>Where the extents change, the way around is a 1 × 1 convolution of what the first one takes; elsewhere it is the input.</remarks>
internal sealed class WideBlock : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly BatchNorm2d _bn1;
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d _bn2;
    private readonly Conv2d _conv2;
    private readonly Conv2d? _shortcut;

    public WideBlock(int inputs, int outputs, int stride)
        : base(nameof(WideBlock))
    {
        _bn1 = Norms.Batch(inputs);
        _conv1 = torch.nn.Conv2d(inputs, outputs, 3, stride, 1, bias: false);
        _bn2 = Norms.Batch(outputs);
        _conv2 = torch.nn.Conv2d(outputs, outputs, 3, 1, 1, bias: false);
        register_module("bn1", _bn1);
        register_module("conv1", _conv1);
        register_module("bn2", _bn2);
        register_module("conv2", _conv2);
        if (stride != 1 || inputs != outputs)
        {
            _shortcut = torch.nn.Conv2d(inputs, outputs, 1, stride, bias: false);
            register_module("shortcut", _shortcut);
        }
    }

    /// <summary>Parameters of one block.</summary>
    public static long ParameterCount(int inputs, int outputs, bool hasShortcut) =>
        (2L * inputs) + (9L * inputs * outputs) + (2L * outputs) + (9L * outputs * outputs) + (hasShortcut ? (long)inputs * outputs : 0);

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor active = torch.nn.functional.relu(_bn1.forward(input), inplace: true);
        torch.Tensor x = _conv1.forward(active);
        x = _conv2.forward(torch.nn.functional.relu(_bn2.forward(x), inplace: true));
        return x.add_(_shortcut is null ? input : _shortcut.forward(active));
    }
}
