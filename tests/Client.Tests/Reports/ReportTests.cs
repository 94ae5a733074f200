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
            return Task.CompletedTask;
        });
        report.Ended(new EndedFacts(Sample.Started, Sample.Completed, Sample.Evaluated, "[a]/model.safetensors"));

        string shown = output.ToString();
        Assert.All(
            ["━", "33 %", "1 000", "epoch 1 done: test accuracy 87.50 %", "1 worker and 1 shard move", "Done.", "[a]/model.safetensors"],
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
