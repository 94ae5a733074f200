using Spectre.Console;
using Spectre.Console.Rendering;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Reports;

/// <summary>A run on a terminal: a picture that changes in place, with what happened standing above it.</summary>
/// <param name="interruption">What Ctrl-C does.</param>
internal sealed class LiveTrainReport(IAnsiConsole console, string interruption = "ends the run and keeps the model") : ITrainReport
{
    private const int BarWidthMax = 60;
    private const int BarWidthMin = 10;

    private LiveDisplayContext? _live;
    private StartedFacts? _started;
    private ProgressFacts? _progress;
    private JobEvent? _evaluated;

    /// <summary>A console that draws on the terminal.</summary>
    public static IAnsiConsole ConsoleOn(Terminal terminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(terminal.Out),
    });

    public Task ShowAsync(Func<Task> body) => console
        .Live(new Text(""))
        .AutoClear(true)
        .StartAsync(async live =>
        {
            _live = live;
            try
            {
                await body();
            }
            finally
            {
                _live = null;
            }
        });

    public void Say(string line) => console.WriteLine(line);

    public void Started(StartedFacts started)
    {
        _started = started;
        console.MarkupLineInterpolated($"[bold]{started.Plan.Name}[/]: {TrainText.Headline(started)}");
        console.MarkupLineInterpolated($"[grey]on {RuntimeName.Long}; Ctrl-C {interruption}[/]");
        Draw();
    }

    public void Progressed(ProgressFacts progress)
    {
        _progress = progress;
        Draw();
    }

    public void Recalled(ProgressFacts before)
    {
        // The picture shows the newest alone.
    }

    public void Evaluated(JobEvent evaluated)
    {
        _evaluated = evaluated;
        console.MarkupLineInterpolated($"[grey]{Figures.One(evaluated.Seconds),7} s[/]  {TrainText.Evaluation(evaluated)}");
        Draw();
    }

    public void Resumed(JobEvent resumed) => Tell(resumed.Seconds, "yellow", TrainText.Resumed(resumed));

    public void MembershipChanged(JobEvent change)
    {
        if (TrainText.IsNews(change))
        {
            Tell(change.Seconds, "yellow", TrainText.Membership(change));
        }
    }

    public void Operated(JobEvent change) => Tell(change.Seconds, "yellow", TrainText.Operated(change));

    public void Straggling(JobEvent slow) => Tell(slow.Seconds, "yellow", TrainText.Straggler(slow));

    public void Alarmed(double seconds, string alarm) => Tell(seconds, "red", TrainText.Alarm(alarm));

    public void Warned(double seconds, string warning) => Tell(seconds, "yellow", TrainText.Warning(warning));

    public void Ended(EndedFacts ended)
    {
        string colour = ended.Progress.Phase == JobPhase.Completed && ended.Progress.Alarms.Length == 0 ? "green" : "yellow";
        console.MarkupLine($"[{colour}]{Markup.Escape(TrainText.Verdict(ended))}[/]");
        var table = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach ((string label, string text) in TrainText.Summary(ended))
        {
            table.AddRow(new Markup($"[grey]{Markup.Escape(label)}[/]"), new Text(text));
        }

        console.Write(table);
    }

    private void Tell(double seconds, string colour, string text)
    {
        console.MarkupLine($"[grey]{Figures.One(seconds),7} s[/]  [{colour}]{Markup.Escape(text)}[/]");
        Draw();
    }

    private void Draw()
    {
        if (_live is not null && _started is not null && _progress is not null)
        {
            _live.UpdateTarget(Picture(_started, _progress));
        }
    }

    private Rows Picture(StartedFacts started, ProgressFacts progress)
    {
        JobProgress now = progress.Progress;
        int epochs = started.Plan.Run.Epochs;
        var figures = new Grid().AddColumns(6);
        Row(
            figures,
            "epoch", $"{Math.Min(progress.Epoch + 1, epochs)} of {epochs}",
            "loss", Figures.Digits(now.Loss),
            "test accuracy", Accuracy());
        Row(
            figures,
            "samples/s", Figures.Count(progress.SamplesPerSecond),
            "delay mean", Figures.One(now.DelayMean),
            "delay max", Figures.Count(now.DelayMax));
        Row(
            figures,
            "elapsed", Figures.Duration(now.Seconds),
            "left", Figures.Duration(progress.SecondsLeft),
            "workers", $"{now.WorkersLive} on {Figures.Of(now.Silos, "silo")}");
        Row(
            figures,
            "gap", Figures.Digits(now.GapMean),
            "B measured", Figures.Digits(now.BoundMeasured),
            "B allowed", Figures.Digits(now.BoundPredicted));
        return new Rows(new Text(""), Bar(progress.Share), figures, Certificate(now.Certificate));
    }

    private static Markup Certificate(CertificateProgress? certificate)
    {
        string text = certificate is null ? "–" : TrainText.Certificate(certificate);
        string colour = certificate is null ? "grey" : certificate.IsVoid ? "yellow" : "green";
        return new Markup($"[grey]certificate[/] [{colour}]{Markup.Escape(text)}[/]");
    }

    private string Accuracy() => _evaluated is null ? "–" : Figures.Percent(_evaluated.TestAccuracy);

    private static void Row(Grid grid, params ReadOnlySpan<string> cells)
    {
        var row = new IRenderable[cells.Length];
        for (int i = 0; i < cells.Length; i++)
        {
            row[i] = i % 2 == 0 ? new Markup($"[grey]{Markup.Escape(cells[i])}[/]") : new Text(cells[i]);
        }

        grid.AddRow(row);
    }

    private Markup Bar(double share)
    {
        int width = Math.Clamp(console.Profile.Width - 12, BarWidthMin, BarWidthMax);
        int done = (int)Math.Round(Math.Clamp(share, 0, 1) * width);
        return new Markup($"[green]{new string('━', done)}[/][grey]{new string('━', width - done)}[/] {share * 100,3:F0} %");
    }
}
