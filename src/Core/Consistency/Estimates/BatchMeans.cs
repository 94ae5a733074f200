namespace OrleansSgd.Core.Consistency.Estimates;

/// <summary>The mean of a series whose neighbours depend on each other, with an honest standard error.</summary>
/// <remarks>
/// The series is cut into at most <see cref="BatchesMax"/> blocks of equal length. When blocks are much longer than the
/// memory of the series, their means are nearly independent, and their spread gives the standard error. A plain
/// σ/√n would be too small by the square root of the memory: gaps of tickets share their missing updates.
/// </remarks>
/// <param name="Mean">Mean of the blocks.</param>
/// <param name="StandardError">Of the mean; NaN with fewer than two blocks.</param>
/// <param name="BatchCount">Blocks.</param>
/// <param name="BatchLength">Values of a block.</param>
public readonly record struct BatchMeans(double Mean, double StandardError, int BatchCount, int BatchLength)
{
    /// <summary>Most blocks: more would only make them shorter, and the t quantile hardly falls any more.</summary>
    public const int BatchesMax = 20;

    /// <summary>Fewest blocks for a confidence limit, and so fewest values.</summary>
    public const int CountMin = 5;

    /// <summary>Cuts a series; the oldest values that fill no block are left out.</summary>
    /// <param name="values">Oldest first; finite.</param>
    /// <param name="lengthMin">Shortest block; ten times the largest delay is a good choice.</param>
    public static BatchMeans Of(ReadOnlySpan<double> values, int lengthMin)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthMin, 1);
        int length = Math.Max(lengthMin, values.Length / BatchesMax);
        int count = Math.Min(BatchesMax, values.Length / length);
        if (count == 0)
        {
            return new BatchMeans(double.NaN, double.NaN, 0, length);
        }

        values = values[^(count * length)..];
        double mean = MeanOf(values);
        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            double difference = MeanOf(values.Slice(i * length, length)) - mean;
            squares += difference * difference;
        }

        double error = count < 2 ? double.NaN : Math.Sqrt(squares / (count - 1) / count);
        return new BatchMeans(mean, error, count, length);
    }

    /// <summary>One-sided upper confidence limit of the mean; NaN with fewer than <see cref="CountMin"/> blocks.</summary>
    /// <param name="confidence">Above 0.5, below 1.</param>
    public double UpperLimit(double confidence) =>
        BatchCount < CountMin ? double.NaN : Mean + (StudentQuantile.Of(confidence, BatchCount - 1) * StandardError);

    private static double MeanOf(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
