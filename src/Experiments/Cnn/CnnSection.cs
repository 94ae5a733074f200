using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Experiments.Studies;

namespace OrleansSgd.Experiments.Cnn;

/// <summary>What the runs show: table, plots, and the sentences that follow from them.</summary>
public static class CnnSection
{
    private const string Title = "What does a deep network make of it, on the grid itself?";

    private sealed record Case(CnnSetting Setting, IReadOnlyList<CnnRun> Runs)
    {
        public Figure Accuracy => Of(run => run.TestAccuracy);

        public Figure Bound => Of(run => run.Bound);

        public Figure Of(Func<CnnRun, double> number) => Figure.Of(Runs.Select(number));
    }

    /// <summary>Writes the section.</summary>
    /// <param name="runs">At least one.</param>
    /// <param name="command">What made them, as it is typed.</param>
    /// <param name="processors">Of the machine.</param>
    public static StudySection Of(CnnOptions options, IReadOnlyList<CnnRun> runs, string command, int processors)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(runs);
        List<Case> cases = [.. runs.GroupBy(run => run.Setting).Select(group => new Case(group.Key, [.. group]))];
        var section = new StudySection(CnnStudy.Letter, Title);
        section.Say($"Not simulated: {options.Title}, asynchronous, trained by the grid in one process on {processors} processors by `{command}`. "
            + $"{options.Samples} training samples, {options.Epochs} epochs, {Seeds(options)}; α falls from 0.1 to 0.01 over the run (cosine) and is the same "
            + "for a gradient whatever the number of workers. What depends on time comes out a little different each time. "
            + "Every run is a line of [cnn.csv](experiments/cnn.csv).");
        if (options.IsQuick)
        {
            section.Say("These were made with `--quick`: they show that everything works, not what is true.");
        }

        section.Show(Table(cases));
        section.Show("cnn-loss", Curves(options, cases));
        section.Show("cnn-accuracy", OverShares(options, cases));
        section.Show("cnn-bound", OverWorkers(cases));
        return section.Say(Found(cases));
    }

    private static string Seeds(CnnOptions options) =>
        options.SeedCount == 1 ? $"seed {options.Seed}" : $"seeds {options.Seed} to {options.Seed + (ulong)options.SeedCount - 1}";

    private static MarkdownTable Table(List<Case> cases)
    {
        var table = new MarkdownTable(
            "workers", " codec", "test accuracy", "test loss", "B measured", "largest gap", "delay, mean", "delay, largest", "MB pushed", "seconds",
            " certificate", " failed");
        foreach (Case one in cases)
        {
            table.Add(
                Numbers.Text(one.Setting.Workers), one.Setting.CodecName, one.Accuracy.ToString(), one.Of(run => run.TestLoss).ToString(),
                one.Bound.ToString(), one.Of(run => run.GapMax).ToString(), one.Of(run => run.DelayMean).ToString(),
                one.Of(run => run.DelayMax).ToString(), one.Of(run => run.BytesPushed / 1e6).ToString(), one.Of(run => run.Seconds).ToString(),
                Certificates(one.Runs), Numbers.Share(one.Runs.Count(run => run.Error is not null), one.Runs.Count));
        }

        return table;
    }

    private static string Certificates(IReadOnlyList<CnnRun> runs)
    {
        double[] values = [.. runs.Select(run => run.Certificate).Where(double.IsFinite)];
        string statuses = string.Join(
            ", ", runs.GroupBy(run => run.CertificateStatus.Length == 0 ? "none" : run.CertificateStatus).Select(group => $"{group.Count()} {group.Key}"));
        return values.Length == 0 ? statuses : $"{Figure.Of(values)} ({statuses})";
    }

    private static SvgPlot Curves(CnnOptions options, List<Case> cases)
    {
        int workers = options.Workers[^1];
        var plot = new SvgPlot($"Test loss over epochs, {options.Title}, {workers} workers", "epochs", "test loss") { IsLogarithmicUp = true };
        foreach (Case one in cases.Where(one => one.Setting.Workers == workers))
        {
            CnnRun[] whole = [.. one.Runs.Where(run => run.Error is null)];
            plot.Add(new PlotSeries(
                one.Setting.CodecName,
                [.. whole.SelectMany(run => run.Curve).GroupBy(point => point.Epoch).OrderBy(group => group.Key)
                    .Select(group => new PlotPoint(group.Key, Figure.Of(group.Select(point => point.TestLoss))))]));
        }

        return plot;
    }

    private static SvgPlot OverShares(CnnOptions options, List<Case> cases)
    {
        var plot = new SvgPlot($"Test accuracy over the share sent, {options.Title}", "K / d", "test accuracy") { IsLogarithmicAcross = true };
        foreach (int workers in options.Workers)
        {
            foreach (bool feedback in new[] { true, false })
            {
                plot.Add(new PlotSeries(
                    $"p = {workers}, {(feedback ? "feedback" : "none")}",
                    [.. cases.Where(one => one.Setting.Workers == workers && (one.Setting.IsDense || one.Setting.Feedback == feedback))
                        .OrderBy(one => one.Setting.Share).Select(one => new PlotPoint(one.Setting.Share, one.Accuracy))]));
            }
        }

        return plot;
    }

    private static SvgPlot OverWorkers(List<Case> cases)
    {
        var plot = new SvgPlot("B measured over workers", "workers", "B measured") { IsLogarithmicUp = true };
        foreach (IGrouping<string, Case> codec in cases.GroupBy(one => one.Setting.CodecName))
        {
            plot.Add(new PlotSeries(codec.Key, [.. codec.Select(one => new PlotPoint(one.Setting.Workers, one.Bound))]));
        }

        return plot;
    }

    private static string Found(List<Case> cases)
    {
        (Case With, Case Without)[] pairs =
        [
            .. from one in cases
               where !one.Setting.IsDense && one.Setting.Feedback
               from other in cases
               where other.Setting == one.Setting with { Feedback = false }
               select (one, other),
        ];
        int better = pairs.Count(pair => pair.Without.Accuracy.IsBelow(pair.With.Accuracy));
        int worse = pairs.Count(pair => pair.With.Accuracy.IsBelow(pair.Without.Accuracy));
        int wider = pairs.Count(pair => pair.Without.Bound.IsBelow(pair.With.Bound));
        CnnRun[] runs = [.. cases.SelectMany(one => one.Runs)];
        int failed = runs.Count(run => run.Error is not null);
        int certified = runs.Count(run => double.IsFinite(run.Certificate));
        return "**Found.** Judged by test accuracy, with intervals that do not overlap, feedback is better in "
            + $"{Numbers.Share(better, pairs.Length)} settings and worse in {Numbers.Share(worse, pairs.Length)}; in the others the seeds do not tell them apart. "
            + $"B measured is larger with feedback in {Numbers.Share(wider, pairs.Length)}. {Rise(cases)}"
            + $"{Sentence(Numbers.Share(failed, runs.Length))} runs failed, and {Numbers.Share(certified, runs.Length)} end with a certificate that is not void.";
    }

    private static string Sentence(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    // By what B changes from the fewest workers to the most, for what is sent whole: staleness alone.
    private static string Rise(List<Case> cases)
    {
        Case[] dense = [.. cases.Where(one => one.Setting.IsDense).OrderBy(one => one.Setting.Workers)];
        return dense.Length < 2
            ? ""
            : $"With the dense codec, from {dense[0].Setting.Workers} to {dense[^1].Setting.Workers} workers, B goes from {dense[0].Bound} to {dense[^1].Bound} "
                + $"and test accuracy from {dense[0].Accuracy} to {dense[^1].Accuracy}. ";
    }
}
