namespace OrleansSgd.Client.Bench;

/// <summary>One figure of one round.</summary>
/// <param name="Round">From 1.</param>
/// <param name="Value">In the unit of the comparison; above 0, except for counts that may be 0.</param>
/// <param name="RoundTrip">Of a line between two processors just before, in ns (<see cref="CacheLine"/>); NaN when not measured.</param>
internal sealed record BenchRun(string Comparison, string System, int Round, double Value, double RoundTrip = double.NaN);

/// <summary>A side that gave no figure.</summary>
/// <param name="Reason">One sentence, with the remedy where the program named one.</param>
internal sealed record BenchGap(string Comparison, string System, string Reason);

/// <summary>Median and spread of some figures.</summary>
internal sealed record Spread(double Median, double Least, double Most, int Count)
{
    /// <summary>Of one figure or more; of an even number, the median is the mean of the two in the middle.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Spread Of(IEnumerable<double> figures)
    {
        double[] ordered = [.. figures.Order()];
        if (ordered.Length == 0)
        {
            throw new ArgumentException("There are no figures to take the median of.", nameof(figures));
        }

        int half = ordered.Length / 2;
        double median = ordered.Length % 2 == 1 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
        return new Spread(median, ordered[0], ordered[^1], ordered.Length);
    }
}
