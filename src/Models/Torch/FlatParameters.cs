using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch;

/// <summary>All parameters of one network in one tensor, all gradients in another: a pull and a push are one copy each.</summary>
/// <remarks>
/// Every parameter is a view into the first vector, and its gradient a view into the second. Backward adds into
/// gradients that are there already, so the views stay views. Shapes: both vectors are [d], in the order of the parameters.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly torch.Tensor _values;
    private readonly torch.Tensor _gradient;
    private readonly torch.Tensor[] _views;

    /// <param name="parameters">The network's; their present values are forgotten.</param>
    public FlatParameters(IReadOnlyList<Parameter> parameters)
    {
        long count = parameters.Sum(parameter => parameter.numel());
        _values = torch.zeros([count]);
        _gradient = torch.zeros([count]);
        _views = new torch.Tensor[parameters.Count];
        torch.nn.utils.vector_to_parameters(_values, parameters);
        long offset = 0;
        for (int i = 0; i < _views.Length; i++)
        {
            long length = parameters[i].numel();
            using torch.Tensor part = _gradient.narrow(0, offset, length);
            _views[i] = part.view(parameters[i].shape);
            parameters[i].grad = _views[i];
            offset += length;
        }
    }

    /// <summary>v, [d]: what the network computes with from now on.</summary>
    public void Load(ReadOnlySpan<float> values) => values.CopyTo(MemoryMarshal.Cast<byte, float>(_values.bytes));

    /// <summary>Forgets what backward added.</summary>
    public void Clear() => _gradient.zero_();

    /// <summary>The gradient, [d], overwritten.</summary>
    public void Save(Span<float> gradient) => MemoryMarshal.Cast<byte, float>(_gradient.bytes).CopyTo(gradient);

    public void Dispose()
    {
        foreach (torch.Tensor view in _views)
        {
            view.Dispose();
        }

        _gradient.Dispose();
        _values.Dispose();
    }
}
