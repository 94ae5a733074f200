using System.Globalization;
using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Bench;

/// <summary>One table of the report: for the page, the document and the console alike.</summary>
/// <param name="Columns">Headings; the cells of those in <paramref name="Numbers"/> stand on the right.</param>
internal sealed record BenchTable(string Title, IReadOnlyList<string> Columns, IReadOnlyCollection<int> Numbers, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>The tables of a result, ratios first.</summary>
internal static class BenchTables
{
    /// <summary>Those that have rows.</summary>
    public static IEnumerable<BenchTable> Of(BenchResult result)
    {
        BenchTable[] all =
        [
            new(
                "Ratios: how many times as good the grid is", ["What", "Against", "Ratio", "Pairs", "Goal", "Outcome"], [2, 3, 4],
                [.. result.Ratios.Select(one => Row(one, result))]),
            new("Goals", ["Comparison", "Against", "Goal", "Figure", "Outcome"], [2, 3], [.. result.Goals.Select(Row)]),
            new("Medians", ["What", "System", "Median", "Spread", "Unit", "Rounds"], [2, 3, 5], [.. result.Medians.Select(Row)]),
            new("Not measured", ["Comparison", "System", "Why"], [], [.. result.Gaps.Select(Row)]),
        ];
        return all.Where(table => table.Rows.Count > 0);
    }

    /// <summary>What it comes to, in one sentence.</summary>
    public static string Sentence(BenchResult result) =>
        $"{Figures.Of(result.Goals.Count, "goal")}: {result.Count("met")} met, {result.Count("missed")} missed, {result.Count("not measured")} not measured.";

    /// <summary>Three digits, or all before the point: <c>0.95</c>, <c>21.3</c>, <c>723 000</c>.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        double.NaN => "–",
        0 => "0",
        < 0.01 => value.ToString("G3", CultureInfo.InvariantCulture),
        < 10 => value.ToString("F2", CultureInfo.InvariantCulture),
        < 1000 => Figures.One(value),
        _ => Figures.Count(value),
    };

    private static IReadOnlyList<string> Row(BenchRatio ratio, BenchResult result)
    {
        GoalResult? goal = result.GoalOn(ratio);
        return [ratio.Of.Title, ratio.System, Number(ratio.Ratio), Between(ratio.Pairs), goal?.Goal.Wanted ?? "", goal?.Outcome ?? ""];
    }

    private static IReadOnlyList<string> Row(BenchGap gap) => [gap.Comparison, gap.System, gap.Reason];

    private static IReadOnlyList<string> Row(GoalResult one) =>
        [one.Goal.Comparison, one.Goal.Peer ?? "", one.Goal.Wanted, Number(one.Figure), one.Outcome];

    private static IReadOnlyList<string> Row(BenchMedian median) =>
    [
        median.Of.Title, median.System, Number(median.Figures.Median), Between(median.Figures), median.Of.Measure.Unit,
        Figures.Count(median.Figures.Count),
    ];

    private static string Between(Spread? spread) => spread is null ? "–" : $"{Number(spread.Least)} to {Number(spread.Most)}";
}
