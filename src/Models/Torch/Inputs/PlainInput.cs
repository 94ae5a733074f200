using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Inputs;

/// <summary>Samples as they are: [count, …shape], row-major.</summary>
internal sealed class PlainInput : ITorchInput
{
    private readonly torch.Tensor _input;

    public PlainInput(int batchMax, IReadOnlyList<int> shape) => _input = torch.zeros([batchMax, .. shape.Select(extent => (long)extent)]);

    public torch.Tensor Load(SampleBatch batch)
    {
        Span<float> values = MemoryMarshal.Cast<byte, float>(_input.bytes)[..(batch.Count * batch.FeatureCount)];
        DenseRows.Copy(batch, values);
        return _input.narrow(0, 0, batch.Count);
    }

    public void Dispose() => _input.Dispose();
}
