using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Inputs;

/// <summary>Token numbers [count, length]: all of a sample but its last, which only is predicted.</summary>
internal sealed class TokenInput : ITorchInput
{
    private const string Remedy = "Use data of kind text with this model.";

    private readonly torch.Tensor _tokens;
    private readonly int _length;
    private readonly int _vocabulary;

    /// <param name="length">Tokens the network sees: one less than a sample has.</param>
    /// <param name="vocabulary">Tokens are 0 .. vocabulary − 1.</param>
    public TokenInput(int batchMax, int length, int vocabulary)
    {
        _length = length;
        _vocabulary = vocabulary;
        _tokens = torch.zeros([batchMax, length], torch.ScalarType.Int64);
    }

    public torch.Tensor Load(SampleBatch batch)
    {
        if (batch.IsSparse)
        {
            throw new ModelException("Text comes as dense samples of token numbers, but these samples are sparse.", Remedy);
        }

        Span<long> tokens = MemoryMarshal.Cast<byte, long>(_tokens.bytes);
        ReadOnlySpan<float> samples = batch.Dense;
        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> sample = samples.Slice(row * (_length + 1), _length + 1);
            Span<long> seen = tokens.Slice(row * _length, _length);
            for (int t = 0; t < sample.Length; t++)
            {
                float token = sample[t];
                if (!(token >= 0 && token < _vocabulary) || token != (int)token)
                {
                    throw new ModelException(
                        $"Token {t} of sample {row} of a batch is {token}; tokens are the whole numbers 0 to {_vocabulary - 1}.", Remedy);
                }

                if (t < _length)
                {
                    seen[t] = (long)token;
                }
            }
        }

        return _tokens.narrow(0, 0, batch.Count);
    }

    public void Dispose() => _tokens.Dispose();
}
