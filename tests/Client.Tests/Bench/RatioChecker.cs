using OrleansSgd.Client.Bench;

namespace OrleansSgd.Client.Tests.Bench;

/// <summary>Works ratios and goals out again from the single figures, in its own way, and says where a result differs.</summary>
internal static class RatioChecker
{
    /// <summary>One sentence for each ratio or goal that the figures do not bear out.</summary>
    public static IEnumerable<string> Mistakes(BenchResult result, IReadOnlyList<BenchRun> runs)
    {
        foreach (BenchRatio ratio in result.Ratios)
        {
            double grid = Middle(runs, ratio.Of.Name, Contender.GridName);
            double other = Middle(runs, ratio.Of.Name, ratio.System);
            double expected = ratio.Of.Measure.IsLessBetter ? other / grid : grid / other;
            if (Differs(ratio.Ratio, expected))
            {
                yield return $"{ratio.Of.Name} against {ratio.System} is {ratio.Ratio}, but the figures make {expected}";
            }

            if (ratio.Pairs is { } pairs && (pairs.Least > pairs.Median || pairs.Median > pairs.Most))
            {
                yield return $"{ratio.Of.Name} against {ratio.System} has pairs out of order";
            }
        }

        foreach (GoalResult goal in result.Goals)
        {
            BenchRatio? told = result.Ratios.FirstOrDefault(one => one.Of.Name == goal.Goal.Comparison && one.System == goal.Goal.Peer);
            double figure = goal.Goal.Peer is null ? Middle(runs, goal.Goal.Comparison, Contender.GridName) : told?.Ratio ?? double.NaN;
            bool isMet = goal.Goal.IsCeiling ? figure <= goal.Goal.Bound : figure >= goal.Goal.Bound;
            string outcome = double.IsNaN(figure) ? "not measured" : isMet ? "met" : "missed";
            if (outcome != goal.Outcome)
            {
                yield return $"{goal.Goal.Comparison} against {goal.Goal.Peer} is said to be {goal.Outcome}, but is {outcome}";
            }
        }
    }

    private static double Middle(IReadOnlyList<BenchRun> runs, string comparison, string system)
    {
        double[] figures = [.. runs.Where(run => run.Comparison == comparison && run.System == system).Select(run => run.Value).Order()];
        return figures.Length == 0 ? double.NaN : (figures[(figures.Length - 1) / 2] + figures[figures.Length / 2]) / 2;
    }

    private static bool Differs(double a, double b) => !(Math.Abs(a - b) <= 1e-12 * Math.Abs(b));
}
