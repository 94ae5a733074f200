using System.Globalization;

namespace OrleansSgd.Experiments.Statistics;

/// <summary>The mean of one number over seeds, with its 95 % confidence interval.</summary>
/// <param name="Mean">NaN without values.</param>
/// <param name="HalfWidth">Half of the interval (Student); NaN with fewer than two values.</param>
/// <param name="Count">Seeds.</param>
public readonly record struct Figure(double Mean, double HalfWidth, int Count)
{
    // Two-sided 95 %.
    private const double Confidence = 0.975;

    /// <summary>Lower end of the interval.</summary>
    public double Low => Mean - (double.IsNaN(HalfWidth) ? 0 : HalfWidth);

    /// <summary>Upper end.</summary>
    public double High => Mean + (double.IsNaN(HalfWidth) ? 0 : HalfWidth);

    /// <summary>The figure of these values; those that are not finite make it NaN, so that a run that failed is seen.</summary>
    public static Figure Of(IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] all = [.. values];
        if (all.Length == 0)
        {
            return new Figure(double.NaN, double.NaN, 0);
        }

        double mean = all.Sum() / all.Length;
        if (all.Length == 1)
        {
            return new Figure(mean, double.NaN, 1);
        }

        double squares = all.Sum(value => (value - mean) * (value - mean));
        double error = Math.Sqrt(squares / (all.Length - 1) / all.Length);
        return new Figure(mean, StudentTable.Of(Confidence, all.Length - 1) * error, all.Length);
    }

    /// <inheritdoc/>
    public override string ToString() => double.IsNaN(Mean)
        ? "–"
        : double.IsNaN(HalfWidth) ? Text(Mean) : $"{Text(Mean)} ± {Text(HalfWidth)}";

    private static string Text(double value) => value.ToString("g3", CultureInfo.InvariantCulture);
}
