using System.Globalization;

namespace OrleansSgd.Experiments.Plots;

/// <summary>How the values of one axis become places on the paper, and where its ticks are.</summary>
internal sealed class PlotScale
{
    private const int TicksMax = 6;

    private static readonly int[] RoundSteps = [1, 2, 5, 10];

    private readonly double _low;
    private readonly double _high;

    private PlotScale(bool isLogarithmic, double low, double high, double[] ticks)
    {
        IsLogarithmic = isLogarithmic;
        (_low, _high) = (low, high);
        Ticks = ticks;
    }

    public bool IsLogarithmic { get; }

    public double[] Ticks { get; }

    /// <summary>A scale on which all values fit.</summary>
    /// <param name="values">Those that cannot be shown (not finite, not positive on a logarithmic axis) are left out.</param>
    /// <param name="startsAtZero">Whether a linear axis of positive values begins at 0.</param>
    public static PlotScale Of(IEnumerable<double> values, bool isLogarithmic, bool startsAtZero = true)
    {
        double[] shown = [.. values.Where(value => double.IsFinite(value) && (!isLogarithmic || value > 0))];
        double min = shown.Length == 0 ? 1 : shown.Min();
        double max = shown.Length == 0 ? 10 : shown.Max();
        return isLogarithmic ? Logarithmic(min, max) : Linear(startsAtZero ? Math.Min(0, min) : min, max);
    }

    public bool Shows(double value) => double.IsFinite(value) && (!IsLogarithmic || value > 0);

    /// <summary>0 at the low end, 1 at the high one; beyond them for what lies outside.</summary>
    public double PlaceOf(double value) => ((IsLogarithmic ? Math.Log10(value) : value) - _low) / (_high - _low);

    public static string Label(double tick) => tick == 0
        ? "0"
        : Math.Abs(tick) is >= 0.001 and < 100_000
            ? tick.ToString("0.####", CultureInfo.InvariantCulture)
            : tick.ToString("0.##e+0", CultureInfo.InvariantCulture);

    private static PlotScale Logarithmic(double min, double max)
    {
        double low = Math.Floor(Math.Log10(min));
        double high = Math.Max(low + 1, Math.Ceiling(Math.Log10(max)));
        double step = Math.Max(1, Math.Ceiling((high - low) / TicksMax));
        List<double> ticks = [];
        for (double power = low; power <= high; power += step)
        {
            ticks.Add(Math.Pow(10, power));
        }

        return new(true, low, high, [.. ticks]);
    }

    private static PlotScale Linear(double min, double max)
    {
        double span = max > min ? max - min : Math.Max(1, Math.Abs(min));
        double rough = span / TicksMax;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = RoundSteps.First(factor => factor * power >= rough) * power;
        double low = Math.Floor(min / step) * step;
        int count = (int)Math.Ceiling((min + span - low) / step);
        return new(false, low, low + (count * step), [.. Enumerable.Range(0, count + 1).Select(i => low + (i * step))]);
    }
}
