using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Text;

/// <summary>Windows of a text: row i is the length + 1 tokens from start + i · stride on, as floats.</summary>
/// <remarks>A model reads the first <c>length</c> tokens and predicts, at each, the one that follows. The label is the last token.</remarks>
internal sealed class TokenSource : ISampleSource
{
    private readonly ushort[] _tokens;
    private readonly int _start;
    private readonly int _stride;

    /// <param name="tokens">The whole text; borrowed for good.</param>
    /// <param name="start">First token of the part that is read.</param>
    /// <param name="tokenCount">Tokens of that part; at least length + 1.</param>
    /// <param name="length">Tokens a model sees before it predicts the last.</param>
    /// <param name="stride">Tokens between the beginnings of two windows; at least 1.</param>
    /// <param name="classCount">Size of the vocabulary.</param>
    public TokenSource(ushort[] tokens, int start, int tokenCount, int length, int stride, int classCount)
    {
        _tokens = tokens;
        _start = start;
        _stride = stride;
        FeatureCount = length + 1;
        Count = ((tokenCount - FeatureCount) / stride) + 1;
        ClassCount = classCount;
    }

    public int Count { get; }

    public int FeatureCount { get; }

    public int ClassCount { get; }

    public bool IsSparse => false;

    public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Rows.Check(rows, Count);
        batch.ResizeDense(rows.Length, FeatureCount);
        Span<float> dense = batch.Dense;
        Span<float> labels = batch.Labels;
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<ushort> window = _tokens.AsSpan(_start + (rows[i] * _stride), FeatureCount);
            Span<float> target = dense.Slice(i * FeatureCount, FeatureCount);
            for (int j = 0; j < window.Length; j++)
            {
                target[j] = window[j];
            }

            labels[i] = window[^1];
        }
    }
}
