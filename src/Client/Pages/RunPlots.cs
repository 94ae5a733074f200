using System.Globalization;
using OrleansSgd.Client.Reports;
using OrleansSgd.Experiments.Plots;

namespace OrleansSgd.Client.Pages;

/// <summary>The plots of a run. All that show time show the same stretch of it, with what happened marked.</summary>
internal static class RunPlots
{
    private const string Seconds = "seconds since training began";

    // Beyond this, numbers above the marks would lie on one another; their lines still stand.
    private const int LabelsMax = 24;

    // A run with thousands of changes is told by its table.
    private const int MarksMax = 200;

    /// <summary>Each plot with a sentence about it; those of which nothing is known are left out.</summary>
    public static IEnumerable<(SvgPlot Plot, string Caption)> Of(RunStory story)
    {
        foreach ((SvgPlot plot, PlotSeries[] lines) in Candidates(story))
        {
            PlotSeries[] known = [.. lines.Where(line => line.Points.Count > 0)];
            if (known.Length == 0)
            {
                continue;
            }

            foreach (PlotSeries line in known)
            {
                plot.Add(line);
            }

            yield return (plot, Caption(known));
        }
    }

    /// <summary>The happenings that plots mark, in the order of their numbers, from 1 on.</summary>
    public static IEnumerable<Happening> Marked(RunStory story) => story.Happenings.Where(one => one.IsMarked && double.IsFinite(one.Seconds));

    private static IEnumerable<(SvgPlot Plot, PlotSeries[] Lines)> Candidates(RunStory story)
    {
        yield return (OverTime(story, "Loss", "mean loss of a sample"),
        [
            Line("training, at the workers' views", story, point => point.Loss),
            Points("test", story, evaluated => evaluated.TestLoss),
        ]);
        yield return (OverTime(story, "Test accuracy", "share classified correctly", startsAtZero: false),
        [
            Points("test", story, evaluated => evaluated.TestAccuracy),
        ]);
        yield return (OverTime(story, "Throughput", "samples per second"), [Line("of late", story, point => point.SamplesPerSecond)]);
        yield return (OverTime(story, "Gap against its bound", "B = √ of the mean gap", isLogarithmic: true),
        [
            Line("measured", story, point => Math.Sqrt(point.GapMean)),
            Line("held against", story, point => point.BoundPredicted, isDashed: true),
        ]);
        yield return (OverTime(story, "Certificate", "bound of the mean ‖∇f‖²", isLogarithmic: true),
        [
            Line("value", story, point => point.Value),
            Line("optimisation", story, point => point.Optimisation),
            Line("staleness", story, point => point.Staleness),
            Line("noise", story, point => point.Noise),
            Line("bias", story, point => point.Bias > 0 ? point.Bias : double.NaN),
        ]);
        yield return (
            new SvgPlot(story.IsDelaySampled ? "Delays of sampled updates" : "Delays", "updates that a shard applied between pull and push", "updates"),
            [Delays(story)]);
    }

    private static SvgPlot OverTime(RunStory story, string title, string up, bool isLogarithmic = false, bool startsAtZero = true)
    {
        double end = story.Progress.Select(point => point.Seconds).Concat(story.Evaluations.Select(one => one.Seconds))
            .Where(double.IsFinite).DefaultIfEmpty(0).Max();
        var plot = new SvgPlot(title, Seconds, up) { IsLogarithmicUp = isLogarithmic, StartsAtZero = startsAtZero, AcrossLeast = (0, end) };
        Happening[] marked = [.. Marked(story).Take(MarksMax)];
        for (int i = 0; i < marked.Length; i++)
        {
            string number = (i + 1).ToString(CultureInfo.InvariantCulture);
            plot.Add(new PlotMark(Math.Min(marked[i].Seconds, end), marked.Length > LabelsMax ? "" : number, $"{number}: {marked[i].Text}"));
        }

        return plot;
    }

    private static PlotSeries Line(string name, RunStory story, Func<ProgressPoint, double> height, bool isDashed = false) =>
        new(name, PlotThinning.Of([.. story.Progress.Select(point => new PlotPoint(point.Seconds, height(point)))]), isDashed);

    private static PlotSeries Points(string name, RunStory story, Func<Grains.Contracts.JobEvent, double> height) =>
        new(name, PlotThinning.Of([.. story.Evaluations.Select(evaluated => new PlotPoint(evaluated.Seconds, height(evaluated)))]));

    private static PlotSeries Delays(RunStory story) => new(
        story.DelayWidth == 1 ? "updates of this delay" : $"updates, in bins of {story.DelayWidth}",
        [.. story.DelayCounts.Select((count, bin) => new PlotPoint(bin * story.DelayWidth, count))],
        BarWidth: story.DelayWidth);

    // For those who do not see the picture: where each line begins, ends, and what lies between.
    private static string Caption(PlotSeries[] lines) => string.Join(" ", lines.Select(line =>
    {
        double[] heights = [.. line.Points.Select(point => point.Y.Mean)];
        return line.BarWidth > 0
            ? $"{Figures.Count(heights.Sum())} updates in {Figures.Of(heights.Length, "bin")}."
            : $"{line.Name}: from {Figures.Digits(heights[0])} to {Figures.Digits(heights[^1])}, "
                + $"between {Figures.Digits(heights.Min())} and {Figures.Digits(heights.Max())}.";
    }));
}
