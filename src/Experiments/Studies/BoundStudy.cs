using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Runs;
using OrleansSgd.Experiments.Objectives;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Studies;

/// <summary>(a) B measured against B predicted, for every row of the table of models that this system has.</summary>
public sealed class BoundStudy : IStudy
{
    private static readonly double[] Rates = [0.005, 0.01, 0.02, 0.04];
    private static readonly double[] Shares = [1.0 / 24, 1.0 / 8, 1.0 / 4, 1.0 / 2];
    private static readonly double[] NormShares = [0.3, 0.5, 0.8, 1];
    private static readonly string[] Substitutes = ["none", "own"];

    // Views are f32: below this, a gap is the rounding of coordinates.
    private const double Rounding = 1e-3;

    // What each row predicts from what one run showed: M, the largest delay, γ.
    private delegate ElasticBound Prediction(SimulationResult run);

    private sealed record Row(string Number, string Model, string Setting, SeedSweep Sweep, Figure Ours, Figure Paper)
    {
        public double Share => Ours.Mean > 0 ? Sweep.BoundExact.Mean / Ours.Mean : double.NaN;

        public bool IsBroken => Sweep.BoundExact.Mean > Ours.Mean + Rounding;
    }

    /// <inheritdoc/>
    public string Letter => "a";

    /// <inheritdoc/>
    public string Title => "Is B what the models predict?";

    /// <inheritdoc/>
    public StudySection Run(ExperimentOptions options, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        List<Row> rows = [];
        QuadraticObjective objective = ObjectiveCatalog.Quadratic();
        var resting = new QuadraticObjective(objective.Dimension, sampleVariance: objective.SampleVariance, start: 0);
        int d = objective.Dimension;

        Row Add(string number, string model, string setting, Func<ulong, SimulationPlan> plan, Prediction predict)
        {
            progress($"{Letter}: {model}, {setting}");
            SeedSweep sweep = SeedSweep.Of(options, plan, cancellation);
            var row = new Row(
                number, model, setting, sweep, Figure.Of(sweep.Runs.Select(run => predict(run).Value)), Figure.Of(sweep.Runs.Select(run => predict(run).Paper)));
            rows.Add(row);
            return row;
        }

        Row[] workers = [.. Options(2, 4, 8, 16).Select(p => Add(
            "2", "parameter server, single steps", $"p = {p}",
            seed => RunPlans.Of(options, objective, seed, workers: p),
            run => ElasticBounds.ParameterServer(DelayMax(run), run.MagnitudeMax)))];
        double noise = objective.SampleVariance / RunPlans.Batch;
        Row[] aware = [.. workers.Select((row, i) => row with
        {
            Model = "the same, noise known",
            Ours = Figure.Of(row.Sweep.Runs.Select(run => ElasticBounds.ParameterServerNoiseAware(DelayMax(run), noise, run.Losses.Max(point => point.GradientSquared)).Value)),
            Paper = Figure.Of([]),
        })];
        rows.AddRange(aware);
        Row[] rates = [.. Rates.Select(rate => Add(
            "2", "the same, from the minimum", $"α = {Numbers.Text(rate)}",
            seed => RunPlans.Of(options, resting, seed, gradientRate: rate),
            run => ElasticBounds.ParameterServer(DelayMax(run), run.MagnitudeMax)))];
        Row[] late = [.. Options(1, 4, 16).Select(factor => Add(
            "2", "parameter server, single steps", $"straggler ×{factor}",
            seed => RunPlans.Of(options, objective, seed) with { Delays = new DelayPlan { StragglerCount = 1, StragglerFactor = factor } },
            run => ElasticBounds.ParameterServer(DelayMax(run), run.MagnitudeMax)))];
        Row[] ahead = [.. Options(0, 1, 3, 8).Select(s => Add(
            "2", "ssp, delays capped by s", $"s = {s}, straggler ×4",
            seed => Ahead(RunPlans.Of(options, objective, seed, RunPlan.Ssp), s),
            run => ElasticBounds.ParameterServer(((2 * s) + 1) * (run.Plan.Run.Workers - 1), run.MagnitudeMax)))];
        Row[] feedback = [.. Shares.Select(share => Add(
            "5, 6", "rounds, top-k, error feedback", $"k/d = {Numbers.Text(share)}",
            seed => RunPlans.Of(options, objective, seed, RunPlan.Bsp).With(RunPlans.TopK(share)),
            run => ElasticBounds.ErrorFeedback(run.Plan.Run.Codec.GammaBound(d), run.MagnitudeMax)))];
        Add(
            "5, 7", "rounds, signs, error feedback", "buckets of 512",
            seed => RunPlans.Of(options, objective, seed, RunPlan.Bsp).With(new CodecPlan(CodecPlan.OneBit)),
            run => ElasticBounds.ErrorFeedback(run.Plan.Run.Codec.GammaBound(d), run.MagnitudeMax));
        foreach (double beta in NormShares)
        {
            Add(
                "8", "norm-bounded, total mass capped", $"β = {Numbers.Text(beta)}",
                seed => Norm(RunPlans.Of(options, objective, seed, RunPlan.NormBounded), beta),
                run => ElasticBounds.NormBounded(beta, run.Plan.Run.Workers * run.MagnitudeMax));
        }

        foreach (string substitute in Substitutes)
        {
            Add(
                substitute == "own" ? "9" : "4", $"rounds at a quorum, {(substitute == "own" ? "own gradient stands in" : "nothing stands in")}", "quorum ½",
                seed => Quorum(RunPlans.Of(options, objective, seed, RunPlan.VarianceBounded), substitute),
                run => substitute == "own"
                    ? ElasticBounds.OwnSubstitution(run.Plan.Run.Workers, Missing(run), noise, run.Plan.Run.Rate.Rate, objective.Smoothness)
                    : ElasticBounds.Omissions(run.Plan.Run.Workers, Missing(run), run.MagnitudeMax));
        }

        foreach (double share in Shares[..3])
        {
            Add(
                "10", "asynchronous, top-k, error feedback", $"k/d = {Numbers.Text(share)}",
                seed => RunPlans.Of(options, objective, seed).With(RunPlans.TopK(share)),
                run => ElasticBounds.SparsifiedAsync(DelayMax(run), run.Plan.Run.Workers, run.Plan.Run.Codec.GammaBound(d), run.MagnitudeMax));
            Add(
                "11", "asynchronous, top-k, no feedback", $"k/d = {Numbers.Text(share)}",
                seed => RunPlans.Of(options, objective, seed).With(RunPlans.TopK(share, feedback: false)),
                run => ElasticBounds.SparsifiedAsyncWithoutFeedback(DelayMax(run), run.MagnitudeMax));
        }

        Row[] local = [.. Options(1, 2, 4, 8).Select(steps => Add(
            "12", "rounds of local steps", $"H = {steps}",
            seed => Local(RunPlans.Of(options, objective, seed, RunPlan.Bsp), steps),
            run => ElasticBounds.LocalSteps(steps, run.MagnitudeMax)))];
        return Section(rows, workers, aware, rates, late, ahead, feedback, local);
    }

    private StudySection Section(List<Row> rows, Row[] workers, Row[] aware, Row[] rates, Row[] late, Row[] ahead, Row[] feedback, Row[] local)
    {
        var table = new MarkdownTable(" row", " model", " setting", "B exact", "B of the meter", "B predicted", "form of the paper", "exact / predicted");
        foreach (Row row in rows)
        {
            table.Add(
                row.Number, row.Model, row.Setting, row.Sweep.BoundExact.ToString(), row.Sweep.BoundMeasured.ToString(), row.Ours.ToString(),
                row.Paper.ToString(), Numbers.Percent(row.Share));
        }

        int runs = rows.Sum(row => row.Sweep.Runs.Count);
        int broken = rows.Sum(row => row.Sweep.Runs.Count(run => Math.Sqrt(run.Truth.GapMean) > run.Report.BoundMeasured + Rounding));
        int above = rows.Count(row => row.IsBroken);
        double[] byRate = [.. rates.Select(row => row.Sweep.BoundExact.Mean)];
        Row[] ranked = [.. rows.Where(row => row.Sweep.BoundExact.Mean > Rounding).OrderByDescending(row => row.Share)];
        return new StudySection(Letter, Title)
            .Say("B exact is the root of the mean of D / α², D computed from x itself; B of the meter is the same from the norms in the ledger, an upper bound. "
                + "The prediction takes the largest ‖G‖ of the run for M, and the largest delay that the meter saw for τ (ssp: the cap that s implies).")
            .Show(table)
            .Show("a-workers", Plot("B over workers, asynchronous", "workers p", workers, [2, 4, 8, 16], aware))
            .Show("a-rate", Plot("B over the rate, from the minimum", "rate α", rates, Rates))
            .Show("a-delay", Plot("B over the straggler's slowness", "times slower", late, [1, 4, 16]))
            .Show("a-ssp", Plot("B over the steps allowed ahead (ssp)", "s + 1", ahead, [1, 2, 4, 9]))
            .Show("a-feedback", Plot("B over the share sent, top-k with error feedback", "k / d", feedback, Shares))
            .Show("a-local", Plot("B over local steps", "H", local, [1, 2, 4, 8]))
            .Say($"**Found.** The exact B is above the predicted one in {Numbers.Share(above, rows.Count)} settings, and above the meter's in {Numbers.Share(broken, runs)} runs. "
                + $"Predictions are worst case: where B is not 0, the exact one is {Numbers.Percent(ranked[^1].Share)} to {Numbers.Percent(ranked[0].Share)} of them, most for {ranked[0].Model} ({ranked[0].Setting}). "
                + $"From the minimum, where gradients are noise at any rate, an eightfold range of α moves the exact B from {Numbers.Text(byRate.Min())} to {Numbers.Text(byRate.Max())}, a factor of {Numbers.Text(byRate.Max() / byRate.Min())}, "
                + $"while D itself changes {Numbers.Text(64 * Square(byRate[^1] / byRate[0]))}-fold: the scaling by α² in the definition is the right one. "
                + $"B {Trend(workers)} with p, {Trend(late)} with the straggler's delay, {Trend(ahead)} with the steps that ssp allows, {Trend(feedback)} with the share sent and {Trend(local)} with H. "
                + (above == 0 ? "That agrees with the claim that one constant bounds each model. " : "Where it is above, the model does not describe the run. ")
                + "Row 1 (shared memory) is the parameter server with a coordinate a shard, row 3 is in (d), and row 13 is not simulated.");
    }

    private static string Trend(Row[] rows)
    {
        double[] bounds = [.. rows.Select(row => row.Sweep.BoundExact.Mean)];
        double[] steps = [.. bounds.Zip(bounds.Skip(1), (before, after) => after - before)];
        return steps.All(step => step > 0) ? "rises" : steps.All(step => step < 0) ? "falls" : "goes up and down";
    }

    private static SvgPlot Plot(string title, string across, Row[] rows, double[] x, Row[]? aware = null)
    {
        var plot = new SvgPlot(title, across, "B") { IsLogarithmicAcross = true, IsLogarithmicUp = true };
        plot.Add(Line("exact", rows, x, row => row.Sweep.BoundExact));
        plot.Add(Line("meter", rows, x, row => row.Sweep.BoundMeasured));
        plot.Add(Line("predicted", rows, x, row => row.Ours) with { IsDashed = true });
        if (aware is not null)
        {
            plot.Add(Line("predicted, noise known", aware, x, row => row.Ours) with { IsDashed = true });
        }

        return plot;
    }

    private static PlotSeries Line(string name, Row[] rows, double[] x, Func<Row, Figure> figure) =>
        new(name, [.. rows.Select((row, i) => new PlotPoint(x[i], figure(row)))]);

    private static int[] Options(params int[] values) => values;

    private static double Square(double value) => value * value;

    private static int DelayMax(SimulationResult run) => (int)run.Report.DelayMax;

    // Of a round's gradients and those of the round before, at most this many are missing from a view.
    private static int Missing(SimulationResult run) => Math.Min((int)run.Report.DelayMax, run.Plan.Run.Workers - 1);

    private static SimulationPlan Ahead(SimulationPlan plan, int steps) => plan with
    {
        Run = plan.Run with { StepsAheadMax = steps },
        Delays = new DelayPlan { StragglerCount = 1 },
    };

    private static SimulationPlan Norm(SimulationPlan plan, double share) => plan with { Run = plan.Run with { NormShare = share } };

    private static SimulationPlan Quorum(SimulationPlan plan, string substitute) => plan with
    {
        Run = plan.Run with { Quorum = 0.5, Substitute = substitute },
        Delays = new DelayPlan { StragglerCount = 1, StragglerFactor = 2 },
    };

    private static SimulationPlan Local(SimulationPlan plan, int steps) => plan with { Run = plan.Run with { LocalSteps = steps } };
}
