using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Runs;
using OrleansSgd.Experiments.Objectives;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Studies;

/// <summary>(d) Crashes and lost messages: what f of them do to B and to the certificate.</summary>
public sealed class FaultStudy : IStudy
{
    private sealed record Case(string Mode, string Fault, double Count, SeedSweep Sweep);

    /// <inheritdoc/>
    public string Letter => "d";

    /// <inheritdoc/>
    public string Title => "What do crashes and lost messages cost?";

    /// <inheritdoc/>
    public StudySection Run(ExperimentOptions options, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        QuadraticObjective objective = ObjectiveCatalog.Quadratic();
        List<Case> cases = [];
        foreach (string mode in new[] { RunPlan.Async, RunPlan.Bsp })
        {
            void Add(string fault, double count, Func<SimulationPlan, SimulationPlan> change)
            {
                progress($"{Letter}: {mode}, {fault} {Numbers.Text(count)}");
                cases.Add(new Case(mode, fault, count, SeedSweep.Of(options, seed => change(RunPlans.Of(options, objective, seed, mode)), cancellation)));
            }

            long tickets = options.Samples / RunPlans.Batch;
            foreach (int f in new[] { 0, 1, 2, 4, 8 })
            {
                Add("workers killed", f, plan => plan with { Churn = ChurnPlan.Spread(f, 0, tickets) });
            }

            foreach (int f in new[] { 1, 2, 4, 8 })
            {
                Add("shards killed", f, plan => plan with { Churn = ChurnPlan.Spread(0, f, tickets) });
            }

            foreach (int f in new[] { 1, 2, 4 })
            {
                Add("silos killed", f, plan => plan with { Churn = ChurnPlan.SpreadSilos(f, tickets) });
            }

            foreach (double chance in new[] { 0.01, 0.05, 0.1 })
            {
                Add("messages lost", chance, plan => plan with { Delays = plan.Delays with { LossChance = chance } });
            }
        }

        return Section(cases);
    }

    private StudySection Section(List<Case> cases)
    {
        var table = new MarkdownTable(
            " mode", " fault", "f", "seconds", "void", "partial", "lost", "B exact", "B of the meter", "fM/p", "delay, largest", "J", "‖∇f‖², true", "certificate");
        foreach (Case one in cases)
        {
            table.Add(
                one.Mode, one.Fault, one.Fault == "messages lost" ? Numbers.Percent(one.Count) : Numbers.Text(one.Count),
                one.Sweep.Of(run => run.Seconds).ToString(), one.Sweep.Of(run => run.Totals.TicketsVoid).ToString(),
                one.Sweep.Of(run => run.Totals.UpdatesPartial).ToString(), one.Sweep.Of(run => run.Totals.UpdatesLost).ToString(),
                one.Sweep.BoundExact.ToString(), one.Sweep.BoundMeasured.ToString(), Predicted(one), one.Sweep.Of(run => run.Report.DelayMax).ToString(),
                one.Sweep.Of(run => run.Report.Certificate.Jump).ToString(), one.Sweep.GradientTrue.ToString(), one.Sweep.Certificate.ToString());
        }

        SimulationResult[] runs = [.. cases.SelectMany(one => one.Sweep.Runs)];
        int certified = runs.Count(run => double.IsFinite(run.Report.Certificate.Total));
        int below = runs.Count(run => run.Report.Certificate.Total < run.Truth.GradientSquaredMean);
        string[] alarms = [.. runs.Select(run => run.Report.Alarms.Except(run.Breaks).FirstOrDefault()).OfType<string>()];
        Case[] rounds = [.. cases.Where(one => one.Mode == RunPlan.Bsp)];
        double alone = rounds.Where(one => one.Fault != "silos killed").Max(one => one.Sweep.BoundExact.Mean);
        double together = rounds.Where(one => one.Fault == "silos killed").Max(one => one.Sweep.BoundExact.Mean);
        SimulationResult[] shards = [.. cases.Where(one => one.Fault == "shards killed").SelectMany(one => one.Sweep.Runs)];
        SimulationResult[] silos = [.. cases.Where(one => one.Fault == "silos killed").SelectMany(one => one.Sweep.Runs)];
        return new StudySection(Letter, Title)
            .Say("Kills are spread over the middle of the run; victims are drawn. A killed worker loses what it had under way, a killed shard comes back from the newest view that a worker "
                + "or the last cut has. A killed silo is a shard and about half of the workers at once. f in per cent is the chance of each message to be lost; its caller repeats it after 50 ms.")
            .Show(table)
            .Show("d-workers", Plot(cases, "workers killed"))
            .Show("d-silos", Plot(cases, "silos killed"))
            .Say($"**Found.** {Numbers.Share(certified, runs.Length)} runs have a certificate at the end; it is below the true average in {Numbers.Share(below, certified)}, and the monitor raised an alarm in {Numbers.Share(alarms.Length, runs.Length)}{(alarms.Length > 0 ? $", which is void therefore (“{alarms[0].TrimEnd('.')}”)" : "")}. "
                + $"Shards that die alone lose {shards.Sum(run => run.Totals.UpdatesLost)} updates in {shards.Length} runs, because somebody who lives has the newest slice or still holds the update; "
                + $"together with workers they lose {silos.Sum(run => run.Totals.UpdatesLost)} in {silos.Length}. "
                + $"In rounds the exact B is at most {Numbers.Text(alone)} (rounding) while workers and shards die apart, and at most {Numbers.Text(together)} when they die together: a round waits until every slot is there, "
                + "so a crash costs time and hardly any distance, and fM/p, made for broadcasts that reach only some, is not used up. In single steps, too, a loss is no lasting part of the gap: "
                + "what is gone for good is taken out of x, and its price is J. So a run can outlive any number of crashes, which a bound that counts them for the whole run cannot say.");
    }

    private static string Predicted(Case one) => one.Mode == RunPlan.Bsp && one.Fault != "messages lost"
        ? one.Sweep.Of(run => ElasticBounds.Crashes(run.Plan.Run.Workers, (int)one.Count, run.MagnitudeMax).Value).ToString()
        : "–";

    private static SvgPlot Plot(List<Case> cases, string fault)
    {
        var plot = new SvgPlot($"Certificate and truth over {fault}, asynchronous", fault, "average ‖∇f‖²") { IsLogarithmicUp = true };
        Case[] shown = [.. cases.Where(one => one.Mode == RunPlan.Async && (one.Fault == fault || one.Fault == "workers killed" && one.Count == 0))];
        plot.Add(Line("true", one => one.Sweep.GradientTrue));
        plot.Add(Line("certificate", one => one.Sweep.Certificate));
        return plot;

        PlotSeries Line(string name, Func<Case, Figure> figure) => new(name, [.. shown.Select(one => new PlotPoint(one.Count, figure(one)))]);
    }
}
