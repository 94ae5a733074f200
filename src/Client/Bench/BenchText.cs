using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Bench;

/// <summary>What the console shows people.</summary>
internal static class BenchText
{
    /// <summary>One figure, or why there is none, as it comes.</summary>
    public static string Told(Measure measure, BenchRun? run, BenchGap? gap) => run is not null
        ? $"round {run.Round}  {run.Comparison}: {run.System} {BenchTables.Number(run.Value)} {measure.Unit}"
        : $"{gap!.Comparison}: {gap.System} is not measured. {gap.Reason}";

    /// <summary>The result, ratios first.</summary>
    public static IEnumerable<string> Lines(BenchResult result)
    {
        foreach (BenchRatio ratio in result.Ratios)
        {
            string pairs = ratio.Pairs is { Count: > 1 } spread ? $" (pairs {BenchTables.Number(spread.Least)} to {BenchTables.Number(spread.Most)})" : "";
            string goal = result.GoalOn(ratio) is { } one ? $"; goal {one.Goal.Wanted}: {one.Outcome}" : "";
            yield return $"{ratio.Of.Name}: {BenchTables.Number(ratio.Ratio)} × {ratio.System}{pairs}{goal}";
        }

        foreach (BenchMedian median in result.Medians)
        {
            string figure = $"{BenchTables.Number(median.Figures.Median)} {median.Of.Measure.Unit}";
            yield return $"{median.Of.Name}: {median.System} {figure}, median of {Figures.Count(median.Figures.Count)}";
        }

        yield return BenchTables.Sentence(result);
    }
}
