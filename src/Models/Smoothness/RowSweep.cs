using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Smoothness;

/// <summary>AᵀA/n as one pass over the samples a product; needs no more memory than one batch.</summary>
internal sealed class RowSweep : ISymmetricProduct
{
    private const int BatchCount = 256;

    private readonly ISampleSource _samples;
    private readonly SampleBatch _batch = new();
    private readonly int[] _rows = new int[BatchCount];
    private readonly double[] _row;

    /// <param name="samples">Where the rows of A come from; at least one.</param>
    /// <param name="withOne">Whether every row ends in a 1, for the bias.</param>
    public RowSweep(ISampleSource samples, bool withOne)
    {
        _samples = samples;
        WithOne = withOne;
        Dimension = samples.FeatureCount + (withOne ? 1 : 0);
        _row = new double[samples.IsSparse ? 0 : Dimension];
    }

    public int Dimension { get; }

    /// <summary>n.</summary>
    public int SampleCount => _samples.Count;

    /// <summary>Whether every row ends in a 1.</summary>
    public bool WithOne { get; }

    public void Multiply(ReadOnlySpan<double> direction, Span<double> result)
    {
        result.Clear();
        for (int start = 0; start < SampleCount; start += BatchCount)
        {
            SampleBatch batch = Read(start, BatchCount);
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.IsSparse)
                {
                    AddSparse(batch, row, direction, result);
                }
                else
                {
                    Widen(batch, row, _row);
                    Vector.AddScaled(Vector.Dot(_row, direction), _row, result);
                }
            }
        }

        Vector.Scale(result, 1.0 / SampleCount);
    }

    /// <summary>The next rows from <paramref name="start"/> on; valid until the next call.</summary>
    /// <param name="start">First row.</param>
    /// <param name="countMax">Up to 256 of them.</param>
    public SampleBatch Read(int start, int countMax)
    {
        int count = Math.Min(countMax, SampleCount - start);
        for (int i = 0; i < count; i++)
        {
            _rows[i] = start + i;
        }

        _samples.Read(_rows.AsSpan(0, count), _batch);
        return _batch;
    }

    // One dense row of A, [Dimension].
    private void Widen(SampleBatch batch, int row, Span<double> wide)
    {
        int featureCount = batch.FeatureCount;
        ReadOnlySpan<float> narrow = batch.Dense.Slice(row * featureCount, featureCount);
        for (int i = 0; i < narrow.Length; i++)
        {
            wide[i] = narrow[i];
        }

        if (WithOne)
        {
            wide[featureCount] = 1;
        }
    }

    private void AddSparse(SampleBatch batch, int row, ReadOnlySpan<double> direction, Span<double> result)
    {
        ReadOnlySpan<int> indices = batch.Indices[batch.RowStarts[row]..batch.RowStarts[row + 1]];
        ReadOnlySpan<float> values = batch.Values[batch.RowStarts[row]..batch.RowStarts[row + 1]];
        double score = WithOne ? direction[^1] : 0;
        for (int e = 0; e < indices.Length; e++)
        {
            score += values[e] * direction[indices[e]];
        }

        for (int e = 0; e < indices.Length; e++)
        {
            result[indices[e]] += score * values[e];
        }

        if (WithOne)
        {
            result[^1] += score;
        }
    }
}
