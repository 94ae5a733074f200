using System.Globalization;
using OrleansSgd.Experiments.Statistics;

namespace OrleansSgd.Experiments.Studies;

/// <summary>Numbers as words of a page.</summary>
internal static class Numbers
{
    public static string Text(double value) => double.IsNaN(value) ? "–" : value.ToString("g3", CultureInfo.InvariantCulture);

    public static string Percent(double value) => double.IsNaN(value) ? "–" : (100 * value).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>True when the intervals do not overlap.</summary>
    public static bool IsBelow(this Figure first, Figure second) => first.High < second.Low;

    /// <summary>Counts in a sentence: "none of 6", "2 of 6", "all 6".</summary>
    public static string Share(int count, int total) => count == 0 ? $"none of {total}" : count == total ? $"all {total}" : $"{count} of {total}";
}
