using OrleansSgd.Client.Chaos;
using OrleansSgd.Client.Tests.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Core.Chaos;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo.Chaos;

namespace OrleansSgd.Client.Tests.Chaos;

/// <summary>Goal: a broken promise is always said. Method: runs that are made up, one thing wrong at a time.</summary>
public sealed class ChaosFiguresTests
{
    private static readonly JobPlan Bsp = new() { Name = "tiny", Run = new RunPlan { Mode = RunPlan.Bsp } };
    private static readonly JobProgress Whole = Sample.Completed with { UpdatesLost = 0, Samples = 1200, SamplesTotal = 1200 };

    [Fact]
    public void A_run_that_lost_nothing_and_ends_at_the_same_bits_keeps_every_promise()
    {
        ChaosFigures figures = Figures(Bsp, Whole, [1, 2], [1, 2]);

        Assert.True(figures.IsIdentical);
        Assert.Empty(figures.Broken());
    }

    [Theory]
    [InlineData(2, 1200, 2f, "2 updates lost")]
    [InlineData(0, 1190, 2f, "10 samples of 1 200 not accounted for")]
    [InlineData(0, 1200, 2.0000002f, "the parameters differ from those of the undisturbed run")]
    public void A_planted_loss_is_a_broken_promise(long lost, long samples, float last, string sentence)
    {
        ChaosFigures figures = Figures(Bsp, Whole with { UpdatesLost = lost, Samples = samples }, [1, last], [1, 2]);

        Assert.Equal(sentence, Assert.Single(figures.Broken()));
    }

    [Fact]
    public void Other_bits_are_no_broken_promise_where_none_was_made()
    {
        Assert.Empty(Figures(Bsp with { Run = Bsp.Run with { Mode = RunPlan.Async } }, Whole, [1, 2], [1, 3]).Broken());
        Assert.Empty(Figures(Bsp with { Run = Bsp.Run with { Codec = new CodecPlan(CodecPlan.TopK) } }, Whole, [1, 2], [1, 3]).Broken());
        Assert.Empty(Figures(Bsp, Whole, [1, 2], undisturbed: null).Broken());
    }

    [Fact]
    public void The_summary_counts_what_was_done_and_what_was_skipped()
    {
        ChaosFigures figures = Figures(Bsp, Whole, [1, 2], [1, 2]) with
        {
            Deeds = [Deed(ChaosEventKind.Kill), Deed(ChaosEventKind.Join), Deed(ChaosEventKind.Kill), Deed(ChaosEventKind.Kill, "no silo is 7")],
            Recoveries = [new(Deed(ChaosEventKind.Kill), 0.5, 0.25), new(Deed(ChaosEventKind.Kill), 1.5), new(Deed(ChaosEventKind.Join), double.NaN)],
        };

        Dictionary<string, string> summary = ChaosText.Summary(figures).ToDictionary(line => line.Label, line => line.Text);

        Assert.Equal("1 join, 2 kill; 1 skipped", summary["churn"]);
        Assert.Equal("full speed again in 1.5 s (median), 1.5 s at most; from the same moments of the undisturbed run 0.2 s at most", summary["after kill"]);
        Assert.Equal("the run ended before it had its full speed again", summary["after join"]);
        Assert.Equal("kept", summary["promises"]);
    }

    [Fact]
    public void A_step_is_one_line_with_its_time()
    {
        Assert.Equal("    1.5 s  chaos: kill silo 2, the coordinator's", ChaosText.Line(Deed(ChaosEventKind.Kill) with { OfCoordinator = true }));
        Assert.Equal(
            "    1.5 s  chaos: leave silo 2, took 0.2 s, with something still on it",
            ChaosText.Line(Deed(ChaosEventKind.Leave) with { SecondsTaken = 0.2, IsClear = false }));
        Assert.Equal("    1.5 s  chaos: kill skipped: no silo is 7", ChaosText.Line(Deed(ChaosEventKind.Kill, "no silo is 7")));
    }

    private static ChaosDeed Deed(ChaosEventKind kind, string? skipped = null) =>
        new(new ChaosStep(0, kind, skipped is null ? 2 : -1, 1, double.NaN, false, skipped), 100, 1.5, 0, null, false);

    private static ChaosFigures Figures(JobPlan plan, JobProgress progress, float[] trained, float[]? undisturbed) => new(
        plan, new WatchOutcome.Ended(null, progress, null, trained, []), [], [],
        undisturbed is null ? null : new WatchOutcome.Ended(null, Whole, null, undisturbed, []));
}
