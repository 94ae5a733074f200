using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Sources;

/// <summary>Samples kept as compressed sparse rows: row i has the entries starts[i] .. starts[i + 1].</summary>
internal sealed class SparseSource : ISampleSource
{
    private readonly int[] _starts;
    private readonly int[] _indices;
    private readonly float[] _values;
    private readonly float[] _labels;

    /// <param name="starts">[count + 1], from 0 to the number of entries.</param>
    /// <param name="indices">[entries], from 0, ascending within a row, below featureCount.</param>
    /// <param name="values">[entries], finite.</param>
    /// <param name="labels">[count].</param>
    /// <param name="featureCount">At least 1.</param>
    /// <param name="classCount">0 when labels are targets.</param>
    /// <remarks>The arrays are borrowed for good.</remarks>
    public SparseSource(
        int[] starts, int[] indices, float[] values, float[] labels, int featureCount, int classCount)
    {
        _starts = starts;
        _indices = indices;
        _values = values;
        _labels = labels;
        FeatureCount = featureCount;
        ClassCount = classCount;
    }

    public int Count => _labels.Length;

    public int FeatureCount { get; }

    public int ClassCount { get; }

    public bool IsSparse => true;

    public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Rows.Check(rows, Count);
        int entries = 0;
        foreach (int row in rows)
        {
            entries = checked(entries + _starts[row + 1] - _starts[row]);
        }

        batch.ResizeSparse(rows.Length, FeatureCount, entries);
        Span<int> starts = batch.RowStarts;
        Span<int> indices = batch.Indices;
        Span<float> values = batch.Values;
        Span<float> labels = batch.Labels;
        int at = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            int start = _starts[rows[i]];
            int length = _starts[rows[i] + 1] - start;
            starts[i] = at;
            _indices.AsSpan(start, length).CopyTo(indices[at..]);
            _values.AsSpan(start, length).CopyTo(values[at..]);
            labels[i] = _labels[rows[i]];
            at += length;
        }

        starts[rows.Length] = at;
    }
}
