using OrleansSgd.Client.Reports;
using Spectre.Console;

namespace OrleansSgd.Client.Tests.Reports;

public sealed class ReportTests
{
    private const char Escape = '\u001b';

    [Fact]
    public void A_log_gets_plain_lines_at_most_one_a_second()
    {
        using var output = new StringWriter();
        var report = new PlainTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System));
        report.Started(Sample.Started);
        int before = LinesIn(output);
        for (int i = 0; i < 20; i++)
        {
            report.Progressed(new ProgressFacts(Sample.Running with { Seconds = 1.5 + (i * 0.1) }, 1000, 3));
        }

        Assert.Equal(2, LinesIn(output) - before);
        Assert.DoesNotContain(Escape, output.ToString());
    }

    [Fact]
    public void A_silo_that_leaves_is_told_with_what_it_means_and_the_first_ones_are_no_news()
    {
        using var output = new StringWriter();
        var report = new PlainTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System));
        report.MembershipChanged(Sample.Left with { Kind = "joined", Tickets = 0 });
        report.MembershipChanged(Sample.Left);

        Assert.Equal("    1.4 s  silo 127.0.0.1:1@2 left: 1 worker and 1 shard move to other silos\n", output.ToString());
    }

    [Fact]
    public void The_summary_says_what_was_lost()
    {
        Dictionary<string, string> summary = TrainText
            .Summary(new EndedFacts(Sample.Started, Sample.Completed, Sample.Evaluated, "runs/tiny-1/model.safetensors"))
            .ToDictionary(line => line.Label, line => line.Text);

        Assert.Equal("2 updates lost, 0 applied in part, 20 samples used again; whole again after 0.5 s at most", summary["lost"]);
        Assert.Equal("87.50 % (loss 0.25, after epoch 1)", summary["test accuracy"]);
        Assert.Equal("1.5 s for 1 200 samples: 800 samples/s", summary["training time"]);
        Assert.Equal("runs/tiny-1/model.safetensors", summary["model"]);
    }

    [Fact]
    public void The_summary_holds_the_gap_against_its_bound_and_says_what_the_certificate_is_worth()
    {
        Dictionary<string, string> summary = SummaryOf(Sample.Certified);

        Assert.Equal("12.25 on average, 49 at most: B 3.5 of 14 (parameter server), which holds", summary["gap"]);
        Assert.Equal(
            "STATISTICAL: mean ‖∇f‖² ≤ 0.75 (optimisation 0.5, staleness 0.125, noise 0.125). Estimated: L, noise.", summary["certificate"]);
        Assert.Equal("runs/tiny-1/trace.jsonl", summary["trace"]);
        Assert.Equal("grid certify runs/tiny-1/trace.jsonl", summary["certify it"]);
        Assert.Equal(
            "VOID: α·L is 3, above 1, where steps need not descend; use a rate of at most 0.03.", SummaryOf(Sample.Voided)["certificate"]);
    }

    [Fact]
    public void A_summary_without_measurements_has_no_lines_for_them()
    {
        Dictionary<string, string> summary = TrainText
            .Summary(new EndedFacts(Sample.Started, Sample.Completed, null, null))
            .ToDictionary(line => line.Label, line => line.Text);

        Assert.Equal(["training time", "updates", "lost", "model"], summary.Keys);
    }

    [Fact]
    public void A_log_tells_gap_bound_and_certificate_while_the_run_goes_on()
    {
        using var output = new StringWriter();
        var report = new PlainTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System));
        report.Progressed(new ProgressFacts(Sample.Certified with { Seconds = 1 }, 1000, 3));
        report.Progressed(new ProgressFacts(Sample.Certified with { Seconds = 2, BoundPredicted = double.NaN }, 1000, 3));
        report.Progressed(new ProgressFacts(Sample.Voided with { Seconds = 3 }, 1000, 3));

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Contains("delay 0.8 (max 3)  gap 12.25 (B 3.5 of 14)  3.0 s left", lines[0], StringComparison.Ordinal);
        Assert.Equal("    1.0 s  certificate STATISTICAL: mean ‖∇f‖² ≤ 0.75 (optimisation 0.5, staleness 0.125, noise 0.125)", lines[1]);
        Assert.Contains("gap 12.25 (B 3.5)  3.0 s left", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("    3.0 s  certificate VOID: α·L is 3, above 1", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void Bias_is_shown_where_there_is_some() => Assert.Equal(
        "RIGOROUS: mean ‖∇f‖² ≤ 1 (optimisation 0.5, staleness 0.125, noise 0.125, bias 0.25)",
        TrainText.Certificate(Sample.Certified.Certificate! with { Status = "RIGOROUS", Value = 1, Bias = 0.25 }));

    [Fact]
    public void An_alarm_is_told_as_it_comes_and_again_at_the_end()
    {
        using var output = new StringWriter();
        var report = new PlainTrainReport(new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System));
        report.Alarmed(1.4, "Shard 1 is off by 3.");
        report.Warned(1.5, "Slow batches are the hard ones.");
        report.Ended(Sample.Ended(Sample.Certified with { Alarms = ["Shard 1 is off by 3."] }));

        string[] lines = output.ToString().Split('\n');
        Assert.Equal("    1.4 s  warning: a check does not hold: Shard 1 is off by 3.", lines[0]);
        Assert.Equal("    1.5 s  note: Slow batches are the hard ones.", lines[1]);
        Assert.Equal("Done, but 1 check does not hold.", lines[2]);
        Assert.Contains("  check          Shard 1 is off by 3.", lines);
    }

    [Fact]
    public async Task A_terminal_gets_a_picture_with_the_events_above_it()
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            Out = new FixedOutput(output),
        });
        var report = new LiveTrainReport(console);
        await report.ShowAsync(() =>
        {
            report.Started(Sample.Started);
            report.Progressed(new ProgressFacts(Sample.Running, 1000, 3));
            report.Evaluated(Sample.Evaluated);
            report.MembershipChanged(Sample.Left);
            report.Alarmed(1.4, "Shard [1] is off by 3.");
            report.Progressed(new ProgressFacts(Sample.Certified, 1000, 3));
            report.Progressed(new ProgressFacts(Sample.Voided, 1000, 3));
            return Task.CompletedTask;
        });
        report.Ended(new EndedFacts(Sample.Started, Sample.Completed, Sample.Evaluated, "[a]/model.safetensors"));

        string shown = output.ToString();
        Assert.All(
            ["━", "33 %", "1 000", "epoch 1 done: test accuracy 87.50 %", "1 worker and 1 shard move", "Shard [1] is off by 3.", "B measured", "12.25", "STATISTICAL", "staleness 0.125", "VOID: α·L is 3", "Done.", "[a]/model.safetensors"],
            part => Assert.Contains(part, shown, StringComparison.Ordinal));
        Assert.Contains(Escape, shown);
    }

    [Theory]
    [InlineData(true, null, "xterm", true)]
    [InlineData(true, "1", "xterm", false)]
    [InlineData(true, null, "dumb", false)]
    [InlineData(false, null, "xterm", false)]
    public void Only_a_terminal_whose_user_wants_it_is_drawn_on(bool isTerminal, string? noColor, string term, bool isLive)
    {
        var terminal = new Terminal(
            TextWriter.Null, TextWriter.Null, isTerminal, name => name == "NO_COLOR" ? noColor : name == "TERM" ? term : null, TimeProvider.System);

        Assert.Equal(isLive, terminal.IsLive);
    }

    [Theory]
    [InlineData(0.04, "0.0 s")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(245, "4 min 05 s")]
    [InlineData(7745, "2 h 09 min")]
    [InlineData(double.NaN, "–")]
    public void Durations_are_short(double seconds, string text) => Assert.Equal(text, Figures.Duration(seconds));

    private static Dictionary<string, string> SummaryOf(Grains.Contracts.JobProgress run) =>
        TrainText.Summary(Sample.Ended(run)).ToDictionary(line => line.Label, line => line.Text);

    private static int LinesIn(StringWriter output) => output.ToString().Count(one => one == '\n');

    private sealed class FixedOutput(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => 100;

        public int Height => 40;

        public void SetEncoding(System.Text.Encoding encoding)
        {
            // A string has no encoding.
        }
    }
}
