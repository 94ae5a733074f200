using System.Globalization;
using OrleansSgd.Client.Reports;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid simulate --seed N [--seeds K] [--mode M]</c>: fault simulations, each of which its seed decides.</summary>
internal static class SimulateFaults
{
    // Of so few seeds each is shown; of more, those that broke something.
    private const int ShownMax = 4;

    /// <summary>Plays the seeds, on all processors, and shows them in order.</summary>
    /// <param name="mode">One mode; null for every mode.</param>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    public static int Run(Terminal terminal, bool isJson, string? mode, ulong first, long count, CancellationToken interrupted)
    {
        IReadOnlyList<string> modes = mode is null ? RunPlan.Modes : [mode];
        long runs = 0;
        long events = 0;
        long broken = 0;
        foreach ((ulong seed, string one, FaultReport report) in Play(modes, first, count, interrupted))
        {
            runs++;
            events += report.Events;
            broken += report.Findings.Count > 0 ? 1 : 0;
            if (isJson)
            {
                Write(terminal, seed, one, report);
            }
            else if (count <= ShownMax || report.Findings.Count > 0)
            {
                Show(terminal, seed, one, report);
            }
        }

        if (isJson)
        {
            new EventWriter(terminal.Out).Write("completed", json =>
            {
                json.Number("runs", runs);
                json.Number("events", events);
                json.Number("runsBroken", broken);
            });
        }
        else
        {
            string verdict = broken == 0 ? "every check holds" : $"{Figures.Of(broken, "run")} broke a check";
            terminal.Out.WriteLine($"{Figures.Of(runs, "run")}, {Figures.Of(events, "event")}: {verdict}.");
        }

        return broken == 0
            ? ExitCodes.Done
            : Verdict.CheckFailed(terminal, new Failure(ExitCodes.CheckFailed, $"{Figures.Of(broken, "run")} of {Figures.Count(runs)} broke a check."));
    }

    private static ParallelQuery<(ulong Seed, string Mode, FaultReport Report)> Play(
        IReadOnlyList<string> modes, ulong first, long count, CancellationToken interrupted) =>
        Seeds(first, count).SelectMany(_ => modes, (seed, mode) => (Seed: seed, Mode: mode))
            .AsParallel().AsOrdered().WithCancellation(interrupted).WithMergeOptions(ParallelMergeOptions.NotBuffered)
            .Select(one => (one.Seed, one.Mode, Report: FaultSimulation.Run(one.Mode, one.Seed)));

    private static IEnumerable<ulong> Seeds(ulong first, long count)
    {
        for (long i = 0; i < count; i++)
        {
            yield return unchecked(first + (ulong)i);
        }
    }

    private static void Show(Terminal terminal, ulong seed, string mode, FaultReport report)
    {
        terminal.Out.WriteLine(report.FirstLine);
        terminal.Out.WriteLine($"  {report.Summary} {Figures.Of(report.Events, "event")}.");
        foreach (string finding in report.Findings)
        {
            terminal.Out.WriteLine($"  {finding}");
        }

        if (report.Findings.Count > 0)
        {
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Again: grid simulate --seed {seed} --mode {mode}"));
        }
    }

    private static void Write(Terminal terminal, ulong seed, string mode, FaultReport report) =>
        new EventWriter(terminal.Out).Write("simulated", json =>
        {
            json.Seed("seed", seed);
            json.Text("mode", mode);
            json.Text("plan", report.FirstLine);
            json.Number("events", report.Events);
            json.Text("summary", report.Summary);
            json.List("findings", report.Findings);
        });
}
