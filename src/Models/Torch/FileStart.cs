using System.Runtime.InteropServices;
using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>The values a TorchScript file holds: the start is its own, whatever the seed.</summary>
internal sealed class FileStart : IParameterStart
{
    private readonly float[] _values;

    public FileStart(Network network)
    {
        using torch.Tensor vector = torch.nn.utils.parameters_to_vector(network.Parameters.Select(item => item.Value));
        using torch.Tensor values = vector.detach();
        _values = MemoryMarshal.Cast<byte, float>(values.bytes).ToArray();
    }

    public void Write(Span<float> parameters, ulong seed) => _values.CopyTo(parameters);
}
