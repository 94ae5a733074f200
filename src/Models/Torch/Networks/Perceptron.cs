using System.Globalization;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Networks;

// OrleansSgd.Models.Linear is a namespace.
using Linear = TorchSharp.Modules.Linear;

/// <summary>Linear layers with an activation after every hidden one: what kind <c>mlp</c> computes without libtorch.</summary>
/// <remarks>Layer l is named 2l, its place in an <c>nn.Sequential</c> with the activations. Samples of any shape in, [count, outputs] out.</remarks>
internal sealed class Perceptron : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Linear[] _layers;
    private readonly bool _isTanh;

    /// <param name="widths">From features to outputs.</param>
    public Perceptron(IReadOnlyList<int> widths, bool isTanh, bool hasBias)
        : base(nameof(Perceptron))
    {
        _isTanh = isTanh;
        _layers = new Linear[widths.Count - 1];
        for (int l = 0; l < _layers.Length; l++)
        {
            _layers[l] = torch.nn.Linear(widths[l], widths[l + 1], hasBias);
            register_module((2 * l).ToString(CultureInfo.InvariantCulture), _layers[l]);
        }
    }

    public override torch.Tensor forward(torch.Tensor input)
    {
        torch.Tensor x = input.flatten(1);
        for (int l = 0; l < _layers.Length - 1; l++)
        {
            torch.Tensor z = _layers[l].forward(x);
            x = _isTanh ? torch.tanh(z) : torch.nn.functional.relu(z, inplace: true);
        }

        return _layers[^1].forward(x);
    }
}
