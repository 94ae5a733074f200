using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Losses;

/// <summary>Mean of −log softmax(z)[y] for scores z, [count, classes].</summary>
internal sealed class CrossEntropyLoss : ITorchLoss
{
    private readonly torch.Tensor _labels;

    public CrossEntropyLoss(int batchMax) => _labels = torch.zeros([batchMax], torch.ScalarType.Int64);

    public torch.Tensor Mean(torch.Tensor output, SampleBatch batch)
    {
        Span<long> labels = MemoryMarshal.Cast<byte, long>(_labels.bytes);
        for (int i = 0; i < batch.Count; i++)
        {
            labels[i] = (long)batch.Labels[i];
        }

        return torch.nn.functional.cross_entropy(output, _labels.narrow(0, 0, batch.Count));
    }

    public int Correct(torch.Tensor output, SampleBatch batch) => Scores.Correct(output, batch.Labels);

    public void Dispose() => _labels.Dispose();
}
