using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Sources;

/// <summary>Samples kept as rows of floats.</summary>
internal sealed class DenseSource : ISampleSource
{
    private readonly float[] _features;
    private readonly float[] _labels;

    /// <param name="features">[count × featureCount], row-major, finite; borrowed for good.</param>
    /// <param name="labels">[count]; borrowed for good.</param>
    /// <param name="featureCount">At least 1.</param>
    /// <param name="classCount">0 when labels are targets.</param>
    /// <param name="shape">Extents of a row; null: one extent.</param>
    public DenseSource(float[] features, float[] labels, int featureCount, int classCount, IReadOnlyList<int>? shape = null)
    {
        _features = features;
        _labels = labels;
        FeatureCount = featureCount;
        ClassCount = classCount;
        Shape = shape ?? [featureCount];
    }

    public int Count => _labels.Length;

    public int FeatureCount { get; }

    public IReadOnlyList<int> Shape { get; }

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
            _features.AsSpan(rows[i] * FeatureCount, FeatureCount).CopyTo(dense[(i * FeatureCount)..]);
            labels[i] = _labels[rows[i]];
        }
    }
}
