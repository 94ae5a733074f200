using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Experiments.Objectives;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Studies;

/// <summary>(b) Sparsified asynchronous SGD: when does error feedback help?</summary>
public sealed class FeedbackStudy : IStudy
{
    private sealed record Case(string Objective, double Rate, double Share, SeedSweep With, SeedSweep Without);

    /// <inheritdoc/>
    public string Letter => "b";

    /// <inheritdoc/>
    public string Title => "When does error feedback help sparsified asynchronous SGD?";

    /// <inheritdoc/>
    public StudySection Run(ExperimentOptions options, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        List<Case> cases = [];
        var section = new StudySection(Letter, Title);
        (string Name, IObjective Objective, double[] Rates)[] objectives =
        [
            ("quadratic", ObjectiveCatalog.Quadratic(), [0.005, 0.02, 0.08]),
            ("logistic", ObjectiveCatalog.Logistic(), [0.02, 0.1, 0.4]),
            ("network", ObjectiveCatalog.Network(), [0.02, 0.1, 0.4]),
        ];
        List<(string Name, SvgPlot Plot)> plots = [];
        foreach ((string name, IObjective objective, double[] rates) in objectives)
        {
            foreach (double rate in rates)
            {
                SeedSweep Sweep(CodecPlan codec)
                {
                    progress($"{Letter}: {name}, α = {Numbers.Text(rate)}, {codec.Kind} {codec.Fraction} {(codec.ErrorFeedback ? "with" : "without")} feedback");
                    return SeedSweep.Of(options, seed => RunPlans.Of(options, objective, seed, gradientRate: rate).With(codec), cancellation);
                }

                foreach (double share in new[] { 0.05, 0.25 })
                {
                    cases.Add(new Case(name, rate, share, Sweep(RunPlans.TopK(share)), Sweep(RunPlans.TopK(share, feedback: false))));
                }

                if (rate == rates[1])
                {
                    plots.Add(($"b-{name}", Curves(name, rate, Sweep(new CodecPlan()), cases[^2])));
                }
            }
        }

        section.Show(Table(cases));
        foreach ((string name, SvgPlot plot) in plots)
        {
            section.Show(name, plot);
        }

        return section.Say(Found(cases));
    }

    private static MarkdownTable Table(IEnumerable<Case> cases)
    {
        var table = new MarkdownTable(
            " objective", "α", "k/d", "f at the end, feedback", "f at the end, none", " better", "‖∇f‖², feedback", "‖∇f‖², none",
            "certificate, feedback", "certificate, none", "B predicted, row 10", "B predicted, row 11", "floor 2γM²");
        foreach (Case one in cases)
        {
            SimulationResult run = one.With.Runs[0];
            double gamma = run.Plan.Run.Codec.GammaBound(run.Plan.Objective.Dimension);
            table.Add(
                one.Objective, Numbers.Text(one.Rate), Numbers.Text(one.Share), End(one.With).ToString(), End(one.Without).ToString(), Better(one),
                one.With.GradientTrue.ToString(), one.Without.GradientTrue.ToString(), one.With.Certificate.ToString(), one.Without.Certificate.ToString(),
                one.With.Of(r => ElasticBounds.SparsifiedAsync((int)r.Report.DelayMax, r.Plan.Run.Workers, gamma, r.MagnitudeMax).Value).ToString(),
                one.Without.Of(r => ElasticBounds.SparsifiedAsyncWithoutFeedback((int)r.Report.DelayMax, r.MagnitudeMax).Value).ToString(),
                one.Without.Of(r => ElasticBounds.BiasFloor(gamma, r.MagnitudeMax)).ToString());
        }

        return table;
    }

    private static string Found(List<Case> cases)
    {
        int helps = cases.Count(one => End(one.With).IsBelow(End(one.Without)));
        int hurts = cases.Count(one => End(one.Without).IsBelow(End(one.With)));
        Case[] certified = [.. cases.Where(one => double.IsFinite(one.With.Certificate.Mean) && double.IsFinite(one.Without.Certificate.Mean))];
        int certifiedBetter = certified.Count(one => one.With.Certificate.Mean < one.Without.Certificate.Mean);
        string where = string.Join(
            "; ", cases.Where(one => End(one.Without).IsBelow(End(one.With))).Select(one => $"{one.Objective} at α = {Numbers.Text(one.Rate)}, k/d = {Numbers.Text(one.Share)}"));
        return $"**Found.** Judged by f at the end, with intervals that do not overlap, feedback is better in {Numbers.Share(helps, cases.Count)} settings and worse in {Numbers.Share(hurts, cases.Count)}"
            + (where.Length > 0 ? $" ({where})" : "")
            + $"; in the others the seeds do not tell them apart. Of the {certified.Length} settings where both have a certificate, the one with feedback is lower in {certifiedBetter}. "
            + (helps == cases.Count
                ? "So here feedback always helps, which does not show the paper's claim that it need not. "
                : "So feedback does not always improve asynchronous sparsified SGD, which agrees with the paper's claim. ")
            + $"It is better in {ByRate(cases, 0)} settings with the smallest rate, and in {ByRate(cases, 2)} with the largest. "
            + "Rows 10 and 11 say why. Feedback makes the distance larger, by 1 / (1 − √γ) and p residuals, and distance costs L²α²B²; without it there is a floor instead, 2γM² at worst, which no rate changes.";
    }

    private static string ByRate(List<Case> cases, int place)
    {
        Case[] chosen = [.. cases.GroupBy(one => one.Objective).SelectMany(group => group.Where(one => one.Rate == group.Select(other => other.Rate).Distinct().Order().ElementAt(place)))];
        return $"{chosen.Count(one => End(one.With).IsBelow(End(one.Without)))} of {chosen.Length}";
    }

    private static string Better(Case one) =>
        End(one.With).IsBelow(End(one.Without)) ? "feedback" : End(one.Without).IsBelow(End(one.With)) ? "none" : "–";

    private static Figure End(SeedSweep sweep) => sweep.Of(run => run.LossEnd);

    private static SvgPlot Curves(string name, double rate, SeedSweep dense, Case one)
    {
        var plot = new SvgPlot($"Loss over tickets, {name}, α = {Numbers.Text(rate)}, k/d = {Numbers.Text(one.Share)}", "tickets", "f") { IsLogarithmicUp = true };
        plot.Add(LossCurves.OverTickets("dense", dense));
        plot.Add(LossCurves.OverTickets("top-k, feedback", one.With));
        plot.Add(LossCurves.OverTickets("top-k, none", one.Without));
        return plot;
    }
}
