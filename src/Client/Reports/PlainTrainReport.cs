using System.Globalization;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Reports;

/// <summary>A run as lines, for logs and pipes: no colours, no escapes, about one line a second.</summary>
/// <param name="job">Stands in front of every line when several jobs are reported on; null for one alone.</param>
internal sealed class PlainTrainReport(Terminal terminal, string? job = null) : ITrainReport
{
    private const double LinePeriodSeconds = 1;

    private int _epochs;
    private double _nextLineAt;
    private string _certificate = "";

    public Task ShowAsync(Func<Task> body) => body();

    public void Say(string line) => terminal.Out.WriteLine(job is null ? line : $"{job}: {line}");

    public void Started(StartedFacts started)
    {
        _epochs = started.Plan.Run.Epochs;
        Say($"Training {started.Plan.Name}: {TrainText.Headline(started)}.");
        Say($"Running on {RuntimeName.Long}.");
    }

    public void Progressed(ProgressFacts progress)
    {
        JobProgress now = progress.Progress;
        if (now.Seconds < _nextLineAt || !double.IsFinite(now.Loss))
        {
            return;
        }

        _nextLineAt = now.Seconds + LinePeriodSeconds;
        int epoch = Math.Min(progress.Epoch + 1, _epochs);
        string share = (progress.Share * 100).ToString("F0", CultureInfo.InvariantCulture);
        Line(
            now.Seconds,
            $"epoch {epoch}/{_epochs}  {share,3} %  loss {Figures.Digits(now.Loss)}  "
            + $"{Figures.Count(progress.SamplesPerSecond)} samples/s  "
            + $"delay {Figures.One(now.DelayMean)} (max {Figures.Count(now.DelayMax)})  "
            + $"{TrainText.Gap(now)}{Figures.Duration(progress.SecondsLeft)} left");
        // It changes when the loss was measured again, which is seldom; a line that says the same is no news.
        if (now.Certificate is { } certificate && TrainText.Certificate(certificate) is { } text && text != _certificate)
        {
            _certificate = text;
            Line(now.Seconds, $"certificate {text}");
        }
    }

    public void Recalled(ProgressFacts before)
    {
        // Lines are for what happens: a log has those of an earlier process already.
    }

    public void Evaluated(JobEvent evaluated) => Line(evaluated.Seconds, TrainText.Evaluation(evaluated));

    public void Resumed(JobEvent resumed) => Line(resumed.Seconds, TrainText.Resumed(resumed));

    public void MembershipChanged(JobEvent change)
    {
        if (TrainText.IsNews(change))
        {
            Line(change.Seconds, TrainText.Membership(change));
        }
    }

    public void Operated(JobEvent change) => Line(change.Seconds, TrainText.Operated(change));

    public void Straggling(JobEvent slow) => Line(slow.Seconds, TrainText.Straggler(slow));

    public void Alarmed(double seconds, string alarm) => Line(seconds, TrainText.Alarm(alarm));

    public void Warned(double seconds, string warning) => Line(seconds, TrainText.Warning(warning));

    public void Ended(EndedFacts ended)
    {
        Say(TrainText.Verdict(ended));
        foreach ((string label, string text) in TrainText.Summary(ended))
        {
            Say($"  {label,-14} {text}");
        }

        terminal.Out.Flush();
    }

    private void Line(double seconds, string text)
    {
        Say($"{Figures.One(seconds),7} s  {text}");
        terminal.Out.Flush();
    }
}
