using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Random dense samples with real-valued targets or classes, from one seed.</summary>
internal sealed class TinySamples : ISampleSource
{
    private readonly float[][] _features;
    private readonly float[] _labels;

    public TinySamples(int count, int featureCount, int classCount, ulong seed = 1)
    {
        var random = new SeededRandom(seed);
        ClassCount = classCount;
        _features = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, featureCount).Select(_ => (float)random.NextGaussian()).ToArray())];
        _labels = [.. Enumerable.Range(0, count).Select(_ => classCount > 0 ? random.NextInt(classCount) : (float)random.NextGaussian())];
    }

    public int Count => _features.Length;

    public int FeatureCount => _features[0].Length;

    public int ClassCount { get; }

    public bool IsSparse => false;

    public void Read(ReadOnlySpan<int> rows, SampleBatch batch)
    {
        batch.ResizeDense(rows.Length, FeatureCount);
        for (int i = 0; i < rows.Length; i++)
        {
            _features[rows[i]].CopyTo(batch.Dense[(i * FeatureCount)..]);
            batch.Labels[i] = _labels[rows[i]];
        }
    }
}
