using OrleansSgd.Core.Runs;
using OrleansSgd.Experiments.Objectives;
using OrleansSgd.Experiments.Pages;
using OrleansSgd.Experiments.Plots;
using OrleansSgd.Experiments.Statistics;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Studies;

/// <summary>(c) Elastic schedulers against bsp and async, with a straggler.</summary>
public sealed class SchedulerStudy : IStudy
{
    private sealed record Case(string Name, SeedSweep Sweep);

    private sealed record Setting(string Problem, string Trouble, IObjective Objective, double Rate, DelayPlan Delays)
    {
        public string Name => $"{Problem}, {Trouble}";

        public string File => $"{Problem}-{Trouble}";

        public SimulationPlan Plan(ExperimentOptions options, ulong seed, string mode, Func<RunPlan, RunPlan> change)
        {
            SimulationPlan plan = RunPlans.Of(options, Objective, seed, mode, gradientRate: Rate);
            return plan with { Run = change(plan.Run), Delays = Delays };
        }

        // The quadratic ends at 0, so a part of its start says how far a run is; the least of the logistic problem is not known.
        public double Level(List<Case> cases) => Problem == "quadratic"
            ? cases[0].Sweep.Runs[0].Losses[0].Loss / 10
            : 1.2 * cases.Min(one => End(one).Mean);
    }

    /// <inheritdoc/>
    public string Letter => "c";

    /// <inheritdoc/>
    public string Title => "What do elastic schedulers gain, and what do they cost?";

    /// <inheritdoc/>
    public StudySection Run(ExperimentOptions options, Action<string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        var section = new StudySection(Letter, Title);
        section.Say("Eight workers. *Straggler*: one of them is four times slower all the time. *Hiccups*: one step in twenty, of any worker, is ten times slower. Every mode moves x by the same amount per gradient "
            + "and sees the same number of samples, so what differs is the schedule. *To level* is the virtual time until f, at a cut, is down to a tenth of where it began (quadratic) "
            + "or to 1.2 times the lowest end of all modes (logistic).");
        string found = "";
        int elastic = 0;
        int faster = 0;
        int worse = 0;
        foreach (Setting setting in Settings())
        {
            List<Case> cases = [];
            foreach ((string label, string mode, Func<RunPlan, RunPlan> change) in Modes())
            {
                progress($"{Letter}: {setting.Name}, {label}");
                cases.Add(new Case(label, SeedSweep.Of(options, seed => setting.Plan(options, seed, mode, change), cancellation)));
            }

            double level = setting.Level(cases);
            section.Show(Table(setting.Name, cases, level));
            section.Show($"c-{setting.File}", Curves(setting.Name, cases));
            found += Found(setting.Name, cases, level);
            elastic += cases.Count - 2;
            faster += cases.Skip(2).Count(one => Seconds(one).IsBelow(Seconds(cases[0])));
            worse += cases.Skip(2).Count(one => End(cases[0]).IsBelow(End(one)));
        }

        return section.Say("**Found.** " + found
            + $"In all, {Numbers.Share(faster, elastic)} elastic schedules end before bsp, and {Numbers.Share(worse, elastic)} end at a higher loss. "
            + (2 * faster >= elastic
                ? "That most of them save time that a barrier wastes, at a distance that stays bounded, agrees with the paper's claim. "
                : "The paper's claim that elastic scheduling saves the time that a barrier wastes is thus confirmed only in part. ")
            + "Against a worker that is slow all the time a scheduler gains only as far as it lets that worker fall behind: whoever waits for its view or its update goes at its pace. "
            + "These are virtual seconds of a model of delays, not of a cluster.");
    }

    private static IEnumerable<Setting> Settings()
    {
        var straggler = new DelayPlan { StragglerCount = 1, StragglerFactor = 4 };
        var hiccups = new DelayPlan { HiccupChance = 0.05, HiccupFactor = 10 };
        QuadraticObjective quadratic = ObjectiveCatalog.Quadratic();
        ModelObjective logistic = ObjectiveCatalog.Logistic();
        yield return new Setting("quadratic", "straggler", quadratic, 0.01, straggler);
        yield return new Setting("quadratic", "hiccups", quadratic, 0.01, hiccups);
        yield return new Setting("logistic", "straggler", logistic, 0.05, straggler);
        yield return new Setting("logistic", "hiccups", logistic, 0.05, hiccups);
    }

    private static (string Label, string Mode, Func<RunPlan, RunPlan> Change)[] Modes() =>
    [
        ("bsp", RunPlan.Bsp, run => run),
        ("async", RunPlan.Async, run => run),
        ("ssp (s = 3)", RunPlan.Ssp, run => run with { StepsAheadMax = 3 }),
        ("norm-bounded (β = 0.5)", RunPlan.NormBounded, run => run with { NormShare = 0.5 }),
        ("norm-bounded (β = 0.8)", RunPlan.NormBounded, run => run with { NormShare = 0.8 }),
        ("variance-bounded (nothing stands in)", RunPlan.VarianceBounded, run => run with { Quorum = 0.5, Substitute = "none" }),
        ("variance-bounded (own stands in)", RunPlan.VarianceBounded, run => run with { Quorum = 0.5, Substitute = "own" }),
        ("adaptive (κ = 0.25)", RunPlan.Adaptive, run => run with { StalenessShare = 0.25 }),
    ];

    private static MarkdownTable Table(string name, List<Case> cases, double level)
    {
        var table = new MarkdownTable($" {name}", "seconds", "to level", "f at the end", "B exact", "delay, largest", "‖∇f‖², true", "certificate");
        foreach (Case one in cases)
        {
            table.Add(
                one.Name, Seconds(one).ToString(), ToLevel(one, level).ToString(), one.Sweep.Of(run => run.LossEnd).ToString(), one.Sweep.BoundExact.ToString(),
                one.Sweep.Of(run => run.Report.DelayMax).ToString(), one.Sweep.GradientTrue.ToString(), one.Sweep.Certificate.ToString());
        }

        return table;
    }

    private static string Found(string name, List<Case> cases, double level)
    {
        Case bsp = cases[0];
        Case[] faster = [.. cases.Skip(2).Where(one => Seconds(one).IsBelow(Seconds(bsp)))];
        Case[] ranked = [.. cases.Where(one => double.IsFinite(ToLevel(one, level).Mean)).OrderBy(one => ToLevel(one, level).Mean)];
        string first = ranked.Length == 0
            ? "no mode reaches the level in all seeds"
            : $"{ranked[0].Name} is down to the level first, after {ToLevel(ranked[0], level)} s";
        string times = ranked.Length > 0 && ranked.Contains(bsp)
            ? $", {Numbers.Text(ToLevel(bsp, level).Mean / ToLevel(ranked[0], level).Mean)} times sooner than bsp"
            : "";
        return $"*{name}*: bsp takes {Seconds(bsp)} s, async {Seconds(cases[1])} s; before bsp end {(faster.Length == 0 ? "none of the elastic ones" : string.Join(", ", faster.Select(one => one.Name)))}; {first}{times}. ";
    }

    private static Figure End(Case one) => one.Sweep.Of(run => run.LossEnd);

    private static Figure Seconds(Case one) => one.Sweep.Of(run => run.Seconds);

    private static Figure ToLevel(Case one, double level) => one.Sweep.Of(run => LossCurves.FirstAt(run, level, point => point.Seconds));

    private static SvgPlot Curves(string name, List<Case> cases)
    {
        var plot = new SvgPlot($"Loss over virtual time, {name}", "seconds", "f") { IsLogarithmicUp = true };
        foreach (Case one in cases)
        {
            plot.Add(LossCurves.OverSeconds(one.Name, one.Sweep));
        }

        return plot;
    }
}
