using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Synthetic;

/// <summary>Two classes of sparse rows shaped like a text collection.</summary>
/// <remarks>
/// <para>Feature of rank r is drawn with probability about 1/r, as words are; ranks are scattered over the indices, as
/// stems in alphabetical order are, so that no shard holds all the common ones. A row has m/2 to 3m/2 entries, m the mean,
/// bounded by half the features. Values are positive, larger for rare features, and a row has length 1.</para>
/// <para>A row's class is the side of a random hyperplane it lies on; the noise share of classes is turned over.</para>
/// </remarks>
internal static class SparseLogistic
{
    public static DataSets Generate(SyntheticOptions options)
    {
        float[] plane = new float[options.FeatureCount];
        var random = new SeededRandom(options.Seed, SyntheticStreams.Truth);
        for (int j = 0; j < plane.Length; j++)
        {
            plane[j] = (float)random.NextGaussian();
        }

        ISampleSource? test = options.TestSampleCount == 0
            ? null
            : Draw(options, plane, options.TestSampleCount, SyntheticStreams.Test, SyntheticStreams.TestLabels);
        return new(Draw(options, plane, options.SampleCount, SyntheticStreams.Train, SyntheticStreams.TrainLabels), test);
    }

    private static SparseSource Draw(SyntheticOptions options, float[] plane, int count, ulong stream, ulong labelStream)
    {
        int d = options.FeatureCount;
        var random = new SeededRandom(options.Seed, stream);
        var flips = new SeededRandom(options.Seed, labelStream);
        var ranks = new RankSampler(d);
        int[] starts = new int[count + 1];
        int[] lengths = new int[count];
        int mean = options.EntriesPerRow;
        for (int i = 0; i < count; i++)
        {
            lengths[i] = mean - mean / 2 + random.NextInt(2 * (mean / 2) + 1);
            starts[i + 1] = checked(starts[i] + lengths[i]);
        }

        int[] indices = new int[starts[count]];
        float[] values = new float[starts[count]];
        float[] labels = new float[count];
        var taken = new HashSet<int>();
        for (int i = 0; i < count; i++)
        {
            Span<int> row = indices.AsSpan(starts[i], lengths[i]);
            Span<float> rowValues = values.AsSpan(starts[i], lengths[i]);
            ranks.DrawDistinct(random, row, rowValues, taken);
            row.Sort(rowValues);
            double margin = NormaliseAndProject(row, rowValues, plane);
            bool isTurned = flips.NextDouble() < options.Noise;
            labels[i] = margin > 0 != isTurned ? 1 : 0;
        }

        return new(starts, indices, values, labels, d, 2);
    }

    private static double NormaliseAndProject(ReadOnlySpan<int> indices, Span<float> values, float[] plane)
    {
        double squares = 0;
        foreach (float value in values)
        {
            squares += (double)value * value;
        }

        double scale = 1 / Math.Sqrt(squares);
        double margin = 0;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(values[i] * scale);
            margin += (double)values[i] * plane[indices[i]];
        }

        return margin;
    }
}

/// <summary>Draws features with probability about 1/rank.</summary>
internal sealed class RankSampler
{
    private readonly int _count;
    private readonly double _logCount;
    private readonly long _stride;

    public RankSampler(int count)
    {
        _count = count;
        _logCount = Math.Log(count + 1.0);
        _stride = CoprimeNear((long)(count * 0.6180339887498949), count);
    }

    /// <summary>Fills a row with distinct features, unordered, and a raw weight for each.</summary>
    public void DrawDistinct(SeededRandom random, Span<int> features, Span<float> weights, HashSet<int> taken)
    {
        taken.Clear();
        for (int i = 0; i < features.Length; i++)
        {
            int rank = Draw(random);
            while (!taken.Add(rank))
            {
                // Walk on instead of drawing anew: the number of draws stays one an entry, however few features there are.
                rank = (rank + 1) % _count;
            }

            features[i] = (int)((rank + 1) * _stride % _count);
            double rarity = Math.Log(rank + 2.0) / _logCount;
            weights[i] = (float)((0.2 + rarity) * (0.5 + random.NextDouble()));
        }
    }

    // P(rank = r) = log((r + 2) / (r + 1)) / log(count + 1), about 1/r: the inverse of its sum is a power.
    private int Draw(SeededRandom random) =>
        Math.Min(_count - 1, (int)(Math.Exp(random.NextDouble() * _logCount) - 1));

    private static long CoprimeNear(long start, long count)
    {
        long stride = Math.Max(1, start);
        while (Gcd(stride, count) != 1)
        {
            stride++;
        }

        return stride;
    }

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
