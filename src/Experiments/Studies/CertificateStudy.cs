using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Runs;
using OrleansSgd.Experiments.Objectives;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Studies;

/// <summary>(e) The certificate against the true average of ‖∇f(x)‖².</summary>
public sealed class CertificateStudy : IStudy
{
    private sealed record Case(string Objective, string Mode, string Codec, string Churn, SeedSweep Sweep)
    {
        public double[] Ratios => [.. Sweep.Runs.Select(run => run.Report.Certificate.Total / run.Truth.GradientSquaredMean).Where(double.IsFinite)];
    }

    /// <inheritdoc/>
    public string Letter => "e";

    /// <inheritdoc/>
    public string Title => "Is the certificate true, and how tight is it?";

    /// <inheritdoc/>
    public StudySection Run(ExperimentOptions options, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        (string Name, IObjective Objective, double Rate)[] objectives = [("quadratic", ObjectiveCatalog.Quadratic(), 0.02), ("logistic", ObjectiveCatalog.Logistic(), 0.1)];
        List<Case> cases = [];
        foreach ((string name, IObjective objective, double rate) in objectives)
        {
            foreach (string mode in new[] { RunPlan.Async, RunPlan.Bsp, RunPlan.Ssp, RunPlan.NormBounded })
            {
                foreach ((string codec, CodecPlan plan) in CodecKinds())
                {
                    foreach ((string churn, ChurnPlan kills) in Churns(options))
                    {
                        progress($"{Letter}: {name}, {mode}, {codec}, {churn}");
                        cases.Add(new Case(name, mode, codec, churn, SeedSweep.Of(
                            options, seed => RunPlans.Of(options, objective, seed, mode, gradientRate: rate).With(plan) with { Churn = kills }, cancellation)));
                    }
                }
            }
        }

        double[] rates = [0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16];
        SeedSweep[] byRate = [.. rates.Select(rate =>
        {
            progress($"{Letter}: quadratic, async, α = {Numbers.Text(rate)}");
            return SeedSweep.Of(options, seed => RunPlans.Of(options, objectives[0].Objective, seed, gradientRate: rate), cancellation);
        })];
        return Section(cases, rates, byRate);
    }

    private static (string Name, CodecPlan Plan)[] CodecKinds() =>
    [
        ("dense", new CodecPlan()),
        ("top-k ¼, feedback", RunPlans.TopK(0.25)),
        ("signs, feedback", new CodecPlan(CodecPlan.OneBit)),
        ("top-k ¼, no feedback", RunPlans.TopK(0.25, feedback: false)),
    ];

    private static (string Name, ChurnPlan Plan)[] Churns(ExperimentOptions options)
    {
        long tickets = options.Samples / RunPlans.Batch;
        return [("none", ChurnPlan.None), ("2 workers", ChurnPlan.Spread(2, 0, tickets)), ("2 shards", ChurnPlan.Spread(0, 2, tickets))];
    }

    private StudySection Section(List<Case> cases, double[] rates, SeedSweep[] byRate)
    {
        var table = new MarkdownTable(
            " objective", " mode", " codec", " killed", "‖∇f‖², true", "certificate", "optimisation", "staleness", "noise", "bias", "tightness, median", "least", "below truth");
        foreach (Case one in cases)
        {
            table.Add(
                one.Objective, one.Mode, one.Codec, one.Churn, one.Sweep.GradientTrue.ToString(), one.Sweep.Certificate.ToString(),
                Part(one, value => value.Optimisation), Part(one, value => value.Staleness), Part(one, value => value.Noise), Part(one, value => value.Bias),
                Numbers.Text(Quantiles.Median(one.Ratios)), Numbers.Text(one.Ratios.Length == 0 ? double.NaN : one.Ratios.Min()),
                $"{one.Ratios.Count(ratio => ratio < 1)} of {one.Ratios.Length}");
        }

        double[] all = [.. cases.SelectMany(one => one.Ratios)];
        int runs = cases.Sum(one => one.Sweep.Runs.Count);
        int below = all.Count(ratio => ratio < 1);
        int meansBelow = cases.Count(one => one.Sweep.Certificate.High < one.Sweep.GradientTrue.Low);
        double[] unbiased = [.. cases.Where(one => !one.Codec.Contains("no feedback", StringComparison.Ordinal)).SelectMany(one => one.Ratios)];
        return new StudySection(Letter, Title)
            .Say("Tightness is the certificate over the true average of ‖∇f(x_t)‖², both over the whole run; 1 would be exact. The inequality is about expectations, so a single run may lie "
                + "below 1; the mean over seeds may not.")
            .Show(table)
            .Show("e-rate", Parts(rates, byRate))
            .Say($"**Found.** Of {runs} runs {all.Length} end with a certificate. It is below the truth in {Numbers.Share(below, all.Length)} single runs, and its mean over seeds is below, beyond the intervals, in "
                + $"{Numbers.Share(meansBelow, cases.Count)} settings. The median tightness is {Numbers.Text(Quantiles.Median(all))}: {Numbers.Text(Quantiles.Median(unbiased))} where nothing is dropped for good, "
                + $"and half of all runs lie between {Numbers.Text(Quantiles.Of(all, 0.25))} and {Numbers.Text(Quantiles.Of(all, 0.75))}. "
                + "A factor of about 2 is in the inequality itself, which gives away ‖∇f(v)‖² / 2 in every step; the rest is worst-case distance, and σ² at an upper confidence limit. "
                + $"From α = {Numbers.Text(rates[0])} to {Numbers.Text(rates[^1])} optimisation goes from {Ends(byRate, value => value.Optimisation)}, staleness from {Ends(byRate, value => value.Staleness)} and noise from {Ends(byRate, value => value.Noise)}; "
                + $"the certificate is lowest at α = {Numbers.Text(Lowest(rates, byRate, sweep => sweep.Certificate.Mean))}, the truth at α = {Numbers.Text(Lowest(rates, byRate, sweep => sweep.GradientTrue.Mean))}.");
    }

    private static string Ends(SeedSweep[] byRate, Func<CertificateValue, double> part)
    {
        double[] means = [.. byRate.Select(sweep => sweep.Of(run => part(run.Report.Certificate)).Mean)];
        return $"{Numbers.Text(means[0])} to {Numbers.Text(means[^1])}";
    }

    private static double Lowest(double[] rates, SeedSweep[] byRate, Func<SeedSweep, double> figure) => rates.Zip(byRate).MinBy(pair => figure(pair.Second)).First;

    private static string Part(Case one, Func<CertificateValue, double> part) =>
        Numbers.Text(one.Sweep.Of(run => part(run.Report.Certificate)).Mean);

    private static SvgPlot Parts(double[] rates, SeedSweep[] byRate)
    {
        var plot = new SvgPlot("Parts of the certificate over the rate, quadratic, asynchronous", "α", "average ‖∇f‖²") { IsLogarithmicAcross = true, IsLogarithmicUp = true };
        plot.Add(Line("true", sweep => sweep.GradientTrue));
        plot.Add(Line("certificate", sweep => sweep.Certificate));
        plot.Add(Line("optimisation", sweep => sweep.Of(run => run.Report.Certificate.Optimisation)) with { IsDashed = true });
        plot.Add(Line("staleness", sweep => sweep.Of(run => run.Report.Certificate.Staleness)) with { IsDashed = true });
        plot.Add(Line("noise", sweep => sweep.Of(run => run.Report.Certificate.Noise)) with { IsDashed = true });
        return plot;

        PlotSeries Line(string name, Func<SeedSweep, Figure> figure) => new(name, [.. rates.Select((rate, i) => new PlotPoint(rate, figure(byRate[i])))]);
    }
}
