namespace OrleansSgd.Client.Bench;

/// <summary>Every figure of one side, together.</summary>
internal sealed record BenchMedian(Comparison Of, string System, Spread Figures);

/// <summary>How many times as good the grid is as another side.</summary>
/// <param name="Ratio">Advantage of the grid's median over the other's.</param>
/// <param name="Pairs">
/// The same within each round that has both: neighbours in time, so a machine that slows down does less harm. Null when no round has both.
/// </param>
internal sealed record BenchRatio(Comparison Of, string System, double Ratio, Spread? Pairs);

/// <summary>A goal, and what came of it.</summary>
/// <param name="Figure">The ratio, or the grid's own median; NaN when it was not measured.</param>
internal sealed record GoalResult(Goal Goal, double Figure)
{
    /// <summary>In words.</summary>
    public string Outcome => double.IsNaN(Figure) ? "not measured" : Goal.IsMetBy(Figure) ? "met" : "missed";
}

/// <summary>What the runs say.</summary>
internal sealed record BenchResult(
    IReadOnlyList<BenchRatio> Ratios, IReadOnlyList<BenchMedian> Medians, IReadOnlyList<GoalResult> Goals, IReadOnlyList<BenchGap> Gaps)
{
    /// <summary>Works it out.</summary>
    /// <param name="comparisons">What was to be measured.</param>
    /// <param name="gaps">Sides that gave nothing.</param>
    /// <param name="goals">Each has a row in <see cref="Goals"/>, measured or not.</param>
    public static BenchResult Of(
        IReadOnlyList<Comparison> comparisons, IReadOnlyList<BenchRun> runs, IReadOnlyList<BenchGap> gaps, IReadOnlyList<Goal> goals)
    {
        BenchMedian[] medians = [.. comparisons.SelectMany(one => one.Sides.Select(side => MedianOf(one, side, runs))).OfType<BenchMedian>()];
        BenchRatio[] ratios = [.. comparisons.SelectMany(one => one.Others.Select(other => RatioOf(one, other, medians, runs))).OfType<BenchRatio>()];
        return new BenchResult(ratios, medians, [.. goals.Select(goal => new GoalResult(goal, FigureOf(goal, ratios, medians)))], gaps);
    }

    /// <summary>How many goals came out so.</summary>
    public int Count(string outcome) => Goals.Count(goal => goal.Outcome == outcome);

    /// <summary>The goal on a row of the ratios; null when there is none.</summary>
    public GoalResult? GoalOn(BenchRatio ratio) => Goals.FirstOrDefault(one => one.Goal.Comparison == ratio.Of.Name && one.Goal.Peer == ratio.System);

    private static BenchMedian? MedianOf(Comparison comparison, Contender side, IReadOnlyList<BenchRun> runs)
    {
        double[] figures = [.. FiguresOf(comparison, side.System, runs).Select(run => run.Value)];
        return figures.Length == 0 ? null : new BenchMedian(comparison, side.System, Spread.Of(figures));
    }

    private static BenchRatio? RatioOf(Comparison comparison, Contender other, BenchMedian[] medians, IReadOnlyList<BenchRun> runs)
    {
        double grid = Median(medians, comparison.Name, comparison.Grid.System);
        double theirs = Median(medians, comparison.Name, other.System);
        double ratio = comparison.Measure.Advantage(grid, theirs);
        if (!double.IsFinite(ratio))
        {
            return null; // one of them was not measured, or made nothing at all
        }

        Dictionary<int, double> ours = FiguresOf(comparison, comparison.Grid.System, runs).ToDictionary(run => run.Round, run => run.Value);
        double[] pairs =
        [
            .. FiguresOf(comparison, other.System, runs).Where(run => ours.ContainsKey(run.Round))
                .Select(run => comparison.Measure.Advantage(ours[run.Round], run.Value)).Where(double.IsFinite),
        ];
        return new BenchRatio(comparison, other.System, ratio, pairs.Length == 0 ? null : Spread.Of(pairs));
    }

    private static double FigureOf(Goal goal, BenchRatio[] ratios, BenchMedian[] medians) => goal.Peer is null
        ? Median(medians, goal.Comparison, Contender.GridName)
        : ratios.FirstOrDefault(ratio => ratio.Of.Name == goal.Comparison && ratio.System == goal.Peer)?.Ratio ?? double.NaN;

    private static double Median(BenchMedian[] medians, string comparison, string system) =>
        medians.FirstOrDefault(one => one.Of.Name == comparison && one.System == system)?.Figures.Median ?? double.NaN;

    private static IEnumerable<BenchRun> FiguresOf(Comparison comparison, string system, IReadOnlyList<BenchRun> runs) =>
        runs.Where(run => run.Comparison == comparison.Name && run.System == system);
}
