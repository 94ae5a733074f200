using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Sources;

/// <summary>Samples kept as compressed sparse rows.</summary>
internal sealed class SparseSource : ISampleSource
{
    private const int RowsAhead = 16;

    private readonly SparseTable _table;

    /// <param name="starts">[count + 1], from 0 to the number of entries.</param>
    /// <param name="indices">[entries], from 0, ascending within a row, below featureCount.</param>
    /// <param name="values">[entries], finite.</param>
    /// <param name="labels">[count].</param>
    /// <param name="featureCount">At least 1.</param>
    /// <param name="classCount">0 when labels are targets.</param>
    /// <remarks>The arrays are borrowed for good.</remarks>
    /// <exception cref="ArgumentException">The arrays make no such rows.</exception>
    public SparseSource(
        int[] starts, int[] indices, float[] values, float[] labels, int featureCount, int classCount)
    {
        _table = new SparseTable(starts, indices, values, labels, featureCount);
        ClassCount = classCount;
    }

    public int Count => _table.Count;

    public int FeatureCount => _table.FeatureCount;

    public int ClassCount { get; }

    public bool IsSparse => true;

    public SparseTable Table => _table;

    public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Rows.Check(rows, Count);
        int entries = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            entries = checked(entries + _table.Indices(rows[i]).Length);
            if (i < RowsAhead)
            {
                _table.Announce(rows[i]);
            }
        }

        batch.ResizeSparse(rows.Length, FeatureCount, entries);
        Span<int> starts = batch.RowStarts;
        Span<int> indices = batch.Indices;
        Span<float> values = batch.Values;
        Span<float> labels = batch.Labels;
        int at = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            if (i + RowsAhead < rows.Length)
            {
                _table.Announce(rows[i + RowsAhead]);
            }

            int row = rows[i];
            starts[i] = at;
            _table.Indices(row).CopyTo(indices[at..]);
            _table.Values(row).CopyTo(values[at..]);
            labels[i] = _table.Label(row);
            at += _table.Indices(row).Length;
        }

        starts[rows.Length] = at;
    }
}
