using OrleansSgd.Client.Bench;

namespace OrleansSgd.Client.Tests.Bench;

/// <summary>Goal: sides are measured in turn, and one that is missing stops nobody. Method: programs that only answer.</summary>
public sealed class BenchRunnerTests
{
    private static readonly Comparison Two = Sides.Of("softmax", Sides.Speed, "a", "b");

    [Fact]
    public void Rounds_take_the_sides_in_turn()
    {
        IEnumerable<string> turns = BenchRunner.Plan([Two], rounds: 2).Select(turn => $"{turn.Round} {turn.Side.System}");

        Assert.Equal(["1 orleans-sgd", "1 a", "1 b", "2 orleans-sgd", "2 a", "2 b"], turns);
    }

    [Fact]
    public async Task Equal_commands_are_run_once_a_round_and_tell_each_comparison_its_own_number()
    {
        Contender same = Contender.OfGrid("recovery");
        Comparison[] comparisons =
        [
            new("gap", "recovery", "", new Measure("seconds", "s", IsLessBetter: true), same, []),
            new("redone", "recovery", "", new Measure("steps", "steps", IsLessBetter: true), same, []),
            new(
                "ideal", "scaling", "", new Measure("seconds", "s", IsLessBetter: true), Contender.OfGrid("other"),
                [same with { System = "ideal", Factor = 2 }]),
        ];
        int runs = 0;
        var runner = new BenchRunner((side, _) =>
        {
            runs++;
            return Task.FromResult(BenchLine.Read("""{"seconds": 1.5, "steps": 0}"""));
        });

        await runner.RunAsync(comparisons, rounds: 1, (_, _) => { }, CancellationToken.None);

        Assert.Equal(2, runs);
        Assert.Equal(
            [("gap", 1.5), ("redone", 0), ("ideal", 3), ("ideal", 1.5)],
            runner.Runs.Select(run => (run.Comparison, run.Value)));
    }

    [Fact]
    public async Task Each_figure_says_how_far_apart_processors_were_before_it()
    {
        var trips = new Queue<double>([50, double.NaN, 300]);
        var runner = new BenchRunner((_, _) => Task.FromResult(Sides.Line(Sides.Speed, 7)), trips.Dequeue);

        await runner.RunAsync([Two], rounds: 1, (_, _) => { }, CancellationToken.None);

        Assert.Equal([50, double.NaN, 300], runner.Runs.Select(run => run.RoundTrip));
        Assert.Equal([50, 300], runner.RoundTrips);
    }

    [Fact]
    public void A_line_goes_to_another_processor_and_back() =>
        Assert.Equal(Environment.ProcessorCount > 1, CacheLine.RoundTripNanoseconds() > 0);

    [Fact]
    public async Task A_side_that_is_missing_is_named_once_and_not_asked_again()
    {
        List<string> asked = [];
        var runner = new BenchRunner((side, _) =>
        {
            asked.Add(side.System);
            return Task.FromResult(side.System == "a" ? BenchLine.OfTrouble("sklearn is not installed.") : Sides.Line(Sides.Speed, 7));
        });

        await runner.RunAsync([Two], rounds: 2, (_, _) => { }, CancellationToken.None);

        Assert.Equal(["orleans-sgd", "a", "b", "orleans-sgd", "b"], asked);
        Assert.Equal(new BenchGap("softmax", "a", "sklearn is not installed."), Assert.Single(runner.Gaps));
        Assert.Equal(["torch 1.13"], runner.Versions);
    }

    [Theory]
    [InlineData("", "It printed nothing.")]
    [InlineData("Segmentation fault", "It printed no JSON object, but: Segmentation fault.")]
    [InlineData("[1]", "It printed no JSON object, but: [1].")]
    [InlineData("""{"samplesPerSecond": 0}""", "Its samplesPerSecond is 0, which is no measurement.")]
    [InlineData("""{"samplesPerSecond": -1}""", "Its samplesPerSecond is -1, which is no measurement.")]
    [InlineData("""{"samplesPerSecond": "fast"}""", "Its line has no number samplesPerSecond.")]
    [InlineData("""{"updatesPerSecond": 1}""", "Its line has no number samplesPerSecond.")]
    public void What_is_no_measurement_is_refused(string printed, string trouble)
    {
        Assert.Null(BenchLine.Read(printed).Figure(Sides.Speed, 1, out string said));
        Assert.Equal(trouble, said);
    }

    [Fact]
    public void The_last_line_is_the_answer()
    {
        Assert.Equal(6, BenchLine.Read("a warning\n{\"samplesPerSecond\": 3}\n").Figure(Sides.Speed, 2, out _));
    }

    [Fact]
    public void Systems_of_a_comparison_and_names_of_comparisons_are_unlike_each_other()
    {
        IReadOnlyList<Comparison> all = BenchCatalog.Of([], withPeers: true, isQuick: true);

        Assert.Equal(all.Count, all.Select(one => one.Name).Distinct().Count());
        Assert.All(all, one => Assert.Equal(one.Sides.Count(), one.Sides.Select(side => side.System).Distinct().Count()));
        Assert.All(BenchCatalog.Of([], withPeers: false, isQuick: false), one => Assert.All(one.Sides, side => Assert.Null(side.Script)));
    }

    [Fact]
    public void Every_peer_is_a_script_of_the_checkout() => Assert.All(
        BenchCatalog.Of([], withPeers: true, isQuick: false).SelectMany(one => one.Others).Select(other => other.Script).OfType<string>(),
        script => Assert.True(File.Exists(OrleansSgd.Testing.RepositoryRoot.PathOf($"benchmarks/peers/{script}")), script));
}
