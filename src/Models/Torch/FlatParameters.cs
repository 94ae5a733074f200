using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;

namespace OrleansSgd.Models.Torch;

/// <summary>All parameters of one network in one tensor: a pull is one copy, and so is a push, tensor by tensor.</summary>
/// <remarks>
/// Every parameter is a view into the vector. Backward finds no gradients to add to, so it hands over what it has computed instead of adding it
/// to zeros: a pass over the vector less, twice. Shape: the vector is [d], in the order of the parameters.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly torch.Tensor _values;
    private readonly Parameter[] _parameters;
    private readonly int[] _lengths;

    /// <param name="parameters">The network's; their present values are forgotten.</param>
    public FlatParameters(IReadOnlyList<Parameter> parameters)
    {
        _parameters = [.. parameters];
        _lengths = [.. parameters.Select(parameter => checked((int)parameter.numel()))];
        _values = torch.zeros([_lengths.Sum(length => (long)length)]);
        torch.nn.utils.vector_to_parameters(_values, parameters);
    }

    /// <summary>v, [d]: what the network computes with from now on.</summary>
    public void Load(ReadOnlySpan<float> values) => values.CopyTo(MemoryMarshal.Cast<byte, float>(_values.bytes));

    /// <summary>Forgets the gradients there are, those of a backward that failed too.</summary>
    public void Forget()
    {
        foreach (Parameter parameter in _parameters)
        {
            parameter.grad = null;
        }
    }

    /// <summary>The gradient that backward left, [d]; 0 where a parameter had none.</summary>
    /// <param name="gradient">Overwritten.</param>
    public void Save(Span<float> gradient)
    {
        int offset = 0;
        for (int i = 0; i < _parameters.Length; i++)
        {
            Span<float> part = gradient.Slice(offset, _lengths[i]);
            using (torch.Tensor? computed = _parameters[i].grad)
            {
                if (computed is null)
                {
                    part.Clear();
                }
                else
                {
                    MemoryMarshal.Cast<byte, float>(computed.bytes).CopyTo(part);
                }
            }

            offset += _lengths[i];
        }
    }

    public void Dispose() => _values.Dispose();
}
