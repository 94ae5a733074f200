namespace OrleansSgd.Experiments.Statistics;

/// <summary>Order statistics of a handful of values.</summary>
public static class Quantiles
{
    /// <summary>The median; NaN without values.</summary>
    public static double Median(IEnumerable<double> values) => Of(values, 0.5);

    /// <summary>The quantile by linear interpolation between order statistics; NaN without values.</summary>
    /// <param name="fraction">0 for the least, 1 for the largest.</param>
    public static double Of(IEnumerable<double> values, double fraction)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!(fraction >= 0 && fraction <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "Use 0 to 1.");
        }

        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        double place = fraction * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
