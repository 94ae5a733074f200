using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Tests.Checking;

/// <summary>Samples in an array, handed out dense or sparse.</summary>
internal sealed class ArraySource(float[][] features, float[] labels, int classCount, bool isSparse, SparseTable? table = null) : ISampleSource
{
    public SparseTable? Table => table;

    public int Count => features.Length;

    public int FeatureCount => features[0].Length;

    public int ClassCount => classCount;

    public bool IsSparse => isSparse;

    public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        if (isSparse)
        {
            ReadSparse(rows, batch);
        }
        else
        {
            batch.ResizeDense(rows.Length, FeatureCount);
            for (int i = 0; i < rows.Length; i++)
            {
                features[rows[i]].CopyTo(batch.Dense[(i * FeatureCount)..]);
            }
        }

        for (int i = 0; i < rows.Length; i++)
        {
            batch.Labels[i] = labels[rows[i]];
        }
    }

    /// <summary>All rows in one batch.</summary>
    public SampleBatch All() => Rows([.. Enumerable.Range(0, Count)]);

    public SampleBatch Rows(params int[] rows)
    {
        var batch = new SampleBatch();
        Read(rows, batch);
        return batch;
    }

    /// <summary>The same samples, handed out the other way.</summary>
    public ArraySource As(bool sparse) => new(features, labels, classCount, sparse);

    private void ReadSparse(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        int entryCount = 0;
        foreach (int row in rows)
        {
            entryCount += features[row].Count(value => value != 0);
        }

        batch.ResizeSparse(rows.Length, FeatureCount, entryCount);
        int entry = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            batch.RowStarts[i] = entry;
            for (int j = 0; j < FeatureCount; j++)
            {
                if (features[rows[i]][j] != 0)
                {
                    batch.Indices[entry] = j;
                    batch.Values[entry++] = features[rows[i]][j];
                }
            }
        }

        batch.RowStarts[rows.Length] = entry;
    }
}
