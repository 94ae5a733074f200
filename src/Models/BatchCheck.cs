using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models;

/// <summary>What every gradient session refuses before it touches a byte.</summary>
internal static class BatchCheck
{
    /// <summary>Throws unless parameters and batch are of the model's shape and the labels of its range.</summary>
    /// <param name="parameters">Length of the parameters.</param>
    /// <param name="parameterCount">d.</param>
    /// <param name="batch">The batch; its sparse rows are checked entry by entry.</param>
    /// <param name="featureCount">Features of the model.</param>
    /// <param name="batchMax">Most samples of the session.</param>
    /// <param name="classCount">Labels are 0 .. classCount − 1; 0 allows any target.</param>
    /// <exception cref="ArgumentException">Something does not fit: a bug in the caller.</exception>
    public static void Throw(
        int parameters, int parameterCount, SampleBatch batch, int featureCount, int batchMax, int classCount)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (parameters != parameterCount)
        {
            throw new ArgumentException(
                $"Parameters have {parameters} coordinates, but the model has {parameterCount}.");
        }

        if (batch.Count < 1 || batch.Count > batchMax)
        {
            throw new ArgumentException(
                $"Batch has {batch.Count} samples; this session takes 1 to {batchMax}. " +
                "Make a session for larger ones.");
        }

        if (batch.FeatureCount != featureCount)
        {
            throw new ArgumentException(
                $"Batch has {batch.FeatureCount} features, but the model was made for {featureCount}.");
        }

        if (classCount > 0)
        {
            ThrowUnlessLabels(batch.Labels, classCount);
        }

        if (batch.IsSparse)
        {
            ThrowUnlessRows(batch);
        }
    }

    /// <summary>Throws unless the gradient is as long as the parameters.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void ThrowUnlessGradient(int length, int parameterCount)
    {
        if (length != parameterCount)
        {
            throw new ArgumentException($"Gradient has {length} coordinates, but the model has {parameterCount}.");
        }
    }

    /// <summary>Throws unless parameters and rows are of the model's shape.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void ThrowUnlessWalk(int parameters, int parameterCount, int features, int featureCount)
    {
        if (parameters != parameterCount || features != featureCount)
        {
            throw new ArgumentException(
                $"Parameters have {parameters} coordinates and rows {features} features, but the model has {parameterCount} and {featureCount}.");
        }
    }

    private static void ThrowUnlessLabels(ReadOnlySpan<float> labels, int classCount)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            float label = labels[i];
            if (!(label >= 0 && label < classCount) || label != (int)label)
            {
                throw new ArgumentException(
                    $"Label of sample {i} is {label}; labels are the whole numbers 0 to {classCount - 1}.");
            }
        }
    }

    private static void ThrowUnlessRows(SampleBatch batch)
    {
        ReadOnlySpan<int> starts = batch.RowStarts;
        ReadOnlySpan<int> indices = batch.Indices;
        for (int row = 0; row < batch.Count; row++)
        {
            int start = starts[row];
            int end = starts[row + 1];
            if (start < 0 || end < start || end > indices.Length)
            {
                throw new ArgumentException(
                    $"Sparse row {row} spans entries {start} to {end} of {indices.Length}; starts must ascend.");
            }

            if (!SparseIndices.Ascends(indices[start..end], batch.FeatureCount))
            {
                ThrowAtEntry(indices[start..end], batch.FeatureCount, row, start);
            }
        }
    }

    private static void ThrowAtEntry(ReadOnlySpan<int> row, int end, int number, int start)
    {
        int e = 0;
        while (row[e] < end && row[e] > (e == 0 ? -1 : row[e - 1]))
        {
            e++;
        }

        throw new ArgumentException($"Sparse row {number} names feature {row[e]} at entry {start + e}; indices must ascend below {end}.");
    }
}
