namespace OrleansSgd.Experiments.Plots;

/// <summary>Makes long lines short enough for a page without losing what is seen.</summary>
/// <remarks>
/// Neighbours are put into groups of equal size, and of each group the lowest and the highest point stay, in their order. So a spike of one point survives,
/// which would be gone in a mean or in every n-th point.
/// </remarks>
public static class PlotThinning
{
    /// <summary>Most points of one line of a page.</summary>
    public const int PointsMax = 2000;

    /// <summary>At most <paramref name="most"/> of the points, in their order: the first, the last, the lowest and the highest are among them.</summary>
    /// <param name="points">Any number; those whose height is not finite are left out.</param>
    /// <param name="most">4 or more.</param>
    public static IReadOnlyList<PlotPoint> Of(IReadOnlyList<PlotPoint> points, int most = PointsMax)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 4);
        PlotPoint[] known = [.. points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y.Mean))];
        if (known.Length <= most)
        {
            return known;
        }

        // First and last stand by themselves; two of each group stay.
        int groups = (most - 2) / 2;
        int inner = known.Length - 2;
        List<PlotPoint> kept = [known[0]];
        for (int group = 0; group < groups; group++)
        {
            int start = 1 + (int)((long)inner * group / groups);
            int end = 1 + (int)((long)inner * (group + 1) / groups);
            Keep(known.AsSpan(start, end - start), kept);
        }

        kept.Add(known[^1]);
        return kept;
    }

    private static void Keep(ReadOnlySpan<PlotPoint> group, List<PlotPoint> kept)
    {
        int low = 0;
        int high = 0;
        for (int i = 1; i < group.Length; i++)
        {
            low = group[i].Y.Mean < group[low].Y.Mean ? i : low;
            high = group[i].Y.Mean > group[high].Y.Mean ? i : high;
        }

        kept.Add(group[Math.Min(low, high)]);
        if (low != high)
        {
            kept.Add(group[Math.Max(low, high)]);
        }
    }
}
