using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Losses;

/// <summary>Mean cross-entropy of every next token of a text, for scores [count, length, vocabulary].</summary>
/// <remarks>A sample has length + 1 tokens: position t predicts token t + 1. Only the last position counts as a classification.</remarks>
internal sealed class NextTokenLoss : ITorchLoss
{
    private readonly torch.Tensor _targets;
    private readonly int _length;
    private readonly float[] _last;

    /// <param name="length">Tokens the network sees: one less than a sample has.</param>
    public NextTokenLoss(int batchMax, int length)
    {
        _length = length;
        _targets = torch.zeros([batchMax * length], torch.ScalarType.Int64);
        _last = new float[batchMax];
    }

    public torch.Tensor Mean(torch.Tensor output, SampleBatch batch)
    {
        Span<long> targets = MemoryMarshal.Cast<byte, long>(_targets.bytes);
        ReadOnlySpan<float> samples = batch.Dense;
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> next = samples.Slice((row * (_length + 1)) + 1, _length);
            for (int t = 0; t < next.Length; t++)
            {
                targets[(row * _length) + t] = (long)next[t];
            }
        }

        long count = (long)batch.Count * _length;
        return torch.nn.functional.cross_entropy(output.reshape(count, output.shape[2]), _targets.narrow(0, 0, count));
    }

    public int Correct(torch.Tensor output, SampleBatch batch)
    {
        for (int row = 0; row < batch.Count; row++)
        {
            _last[row] = batch.Dense[((row + 1) * (_length + 1)) - 1];
        }

        using torch.Tensor scores = output.narrow(1, _length - 1, 1);
        return Scores.Correct(scores, _last.AsSpan(0, batch.Count));
    }

    public void Dispose() => _targets.Dispose();
}
