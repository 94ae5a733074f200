using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Client.Bench;

namespace OrleansSgd.Client.Tests.Bench;

/// <summary>Goal: a ratio says what the figures say. Method: figures by hand, figures by chance against a second reckoning, and planted mistakes.</summary>
public sealed class BenchResultTests
{
    private static readonly Comparison Faster = Sides.Of("softmax", Sides.Speed, "pytorch-hogwild", "pytorch-ddp-gloo");
    private static readonly Comparison Quicker = Sides.Of("top-k", Sides.Time, "torch-topk");

    [Fact]
    public void Of_speeds_the_greater_and_of_times_the_smaller_is_better()
    {
        BenchResult result = Result(
            [Faster, Quicker], ("softmax", Contender.GridName, [300]), ("softmax", "pytorch-hogwild", [200]),
            ("top-k", Contender.GridName, [2]), ("top-k", "torch-topk", [50]));

        Assert.Equal([1.5, 25], result.Ratios.Select(one => one.Ratio));
        Assert.Equal(["met", "met"], result.Ratios.Select(one => result.GoalOn(one)!.Outcome));
    }

    [Fact]
    public void A_ratio_is_of_medians_and_its_pairs_are_of_rounds()
    {
        BenchResult result = Result([Faster], ("softmax", Contender.GridName, [10, 20, 60]), ("softmax", "pytorch-hogwild", [10, 10, 20]));

        BenchRatio ratio = Assert.Single(result.Ratios);
        Assert.Equal(2, ratio.Ratio);
        Assert.Equal(new Spread(2, 1, 3, 3), ratio.Pairs);
    }

    [Fact]
    public void A_side_that_missed_a_round_is_paired_with_the_rounds_it_has()
    {
        BenchRun[] runs =
        [
            new("softmax", Contender.GridName, 1, 10), new("softmax", Contender.GridName, 2, 40), new("softmax", "pytorch-hogwild", 2, 20),
        ];

        BenchRatio ratio = Assert.Single(BenchResult.Of([Faster], runs, [], Goal.All).Ratios);

        Assert.Equal(new Spread(2, 2, 2, 1), ratio.Pairs);
        Assert.Equal(1.25, ratio.Ratio);
    }

    [Fact]
    public void Goals_are_met_missed_or_not_measured_and_none_is_left_out()
    {
        Goal[] goals =
        [
            new("softmax", "pytorch-hogwild", 1.5), new("softmax", "pytorch-ddp-gloo", 13), new("gone", "peer", 2),
            new("recovery-silo", null, 2, IsCeiling: true),
        ];
        Comparison recovery = Sides.Of("recovery-silo", Sides.Time);
        BenchRun[] runs =
        [
            .. Runs(("softmax", Contender.GridName, [150]), ("softmax", "pytorch-hogwild", [100]), ("softmax", "pytorch-ddp-gloo", [12])),
            .. Runs(("recovery-silo", Contender.GridName, [0.3])),
        ];

        BenchResult result = BenchResult.Of([Faster, recovery], runs, [], goals);

        Assert.Equal(["met", "missed", "not measured", "met"], result.Goals.Select(one => one.Outcome));
        Assert.Equal("4 goals: 2 met, 1 missed, 1 not measured.", BenchTables.Sentence(result));
        Assert.Equal(["≥ 1.5 ×", "≥ 13 ×", "≥ 2 ×", "≤ 2"], goals.Select(goal => goal.Wanted));
    }

    [Fact]
    public void Nothing_made_again_by_the_grid_makes_no_infinite_ratio()
    {
        Comparison redone = Sides.Of("recovery-redone", Sides.Time, "torchrun-elastic");
        BenchResult result = Result([redone], ("recovery-redone", Contender.GridName, [0]), ("recovery-redone", "torchrun-elastic", [40]));

        Assert.Empty(result.Ratios);
        Assert.Equal("met", result.Goals.Single(one => one.Goal.Comparison == "recovery-redone").Outcome);
    }

    [Fact]
    public void Whatever_the_figures_are_a_second_reckoning_agrees() => Prop.ForAll(
        Gen.Choose(1, 1000).Select(value => value / 7.0).ArrayOf().Where(figures => figures.Length > 0).Two().ToArbitrary(),
        figures =>
        {
            BenchRun[] runs =
            [
                .. Runs((Faster.Name, Contender.GridName, figures.Item1), (Faster.Name, "pytorch-hogwild", figures.Item2)),
                .. Runs((Quicker.Name, Contender.GridName, figures.Item2), (Quicker.Name, "torch-topk", figures.Item1)),
            ];
            Assert.Empty(RatioChecker.Mistakes(BenchResult.Of([Faster, Quicker], runs, [], Goal.All), runs));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_planted_wrong_ratio_is_caught()
    {
        BenchRun[] runs = [.. Runs((Quicker.Name, Contender.GridName, [2, 4]), (Quicker.Name, "torch-topk", [90, 30]))];
        BenchResult right = BenchResult.Of([Quicker], runs, [], Goal.All);
        BenchRatio one = Assert.Single(right.Ratios);

        Assert.Empty(RatioChecker.Mistakes(right, runs));
        Assert.Single(RatioChecker.Mistakes(right with { Ratios = [one with { Ratio = 1 / one.Ratio }], Goals = [] }, runs));
        Assert.Single(RatioChecker.Mistakes(right with { Ratios = [one with { Pairs = new Spread(5, 6, 4, 2) }] }, runs));
        Assert.Single(RatioChecker.Mistakes(right with { Goals = [new(new("top-k", "torch-topk", 20), double.NaN)] }, runs));
    }

    [Fact]
    public void Every_goal_on_something_that_is_measured_names_a_side_of_it()
    {
        Dictionary<string, Comparison> all = BenchCatalog.Of([], withPeers: true, isQuick: false).ToDictionary(one => one.Name);

        Assert.Equal([], Goal.All.Where(goal => goal.Peer is not null && all.TryGetValue(goal.Comparison, out Comparison? one)
            && one.Others.All(other => other.System != goal.Peer)).Select(goal => $"{goal.Comparison}: {goal.Peer}"));
        Assert.Equal(Goal.All.Count, Goal.All.Select(goal => (goal.Comparison, goal.Peer)).Distinct().Count());
    }

    private static BenchResult Result(Comparison[] comparisons, params (string Comparison, string System, double[] Figures)[] figures) =>
        BenchResult.Of(comparisons, [.. Runs(figures)], [], Goal.All);

    private static IEnumerable<BenchRun> Runs(params (string Comparison, string System, double[] Figures)[] figures) =>
        figures.SelectMany(one => one.Figures.Select((figure, i) => new BenchRun(one.Comparison, one.System, i + 1, figure)));
}
