using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models;

/// <summary>Rows of a batch, dense whatever the batch is.</summary>
internal static class DenseRows
{
    /// <param name="values">[count × featureCount], overwritten.</param>
    public static void Copy(SampleBatch batch, Span<float> values)
    {
        if (!batch.IsSparse)
        {
            batch.Dense.CopyTo(values);
            return;
        }

        values.Clear();
        for (int row = 0; row < batch.Count; row++)
        {
            Span<float> dense = values.Slice(row * batch.FeatureCount, batch.FeatureCount);
            for (int e = batch.RowStarts[row]; e < batch.RowStarts[row + 1]; e++)
            {
                dense[batch.Indices[e]] = batch.Values[e];
            }
        }
    }
}
