using OrleansSgd.Core.Samples;

namespace OrleansSgd.Data.Tests;

/// <summary>Reads a source as tests like to see it.</summary>
internal static class Samples
{
    /// <summary>Features, row by row; sparse rows are filled with zeros.</summary>
    public static float[] Dense(ISampleSource source, params int[] rows)
    {
        SampleBatch batch = Read(source, rows);
        if (!batch.IsSparse)
        {
            return batch.Dense.ToArray();
        }

        float[] dense = new float[rows.Length * source.FeatureCount];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int at = batch.RowStarts[i]; at < batch.RowStarts[i + 1]; at++)
            {
                dense[i * source.FeatureCount + batch.Indices[at]] = batch.Values[at];
            }
        }

        return dense;
    }

    public static float[] Labels(ISampleSource source) => Read(source, All(source)).Labels.ToArray();

    public static int[] All(ISampleSource source) => [.. Enumerable.Range(0, source.Count)];

    public static SampleBatch Read(ISampleSource source, params int[] rows)
    {
        var batch = new SampleBatch();
        source.Read(rows, batch);
        return batch;
    }
}
