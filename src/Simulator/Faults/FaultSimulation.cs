using System.Globalization;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults.Checks;
using OrleansSgd.Simulator.Faults.Facts;
using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulator.Faults;

/// <summary>One run of Core's machines under one seed: faults for a while, then none, then the checks.</summary>
/// <remarks>
/// Safety first: whatever the faults do, no check may find anything. Then liveness: once they have stopped, the run must
/// come to its end. The same mode and seed always give the same events.
/// </remarks>
public static class FaultSimulation
{
    // Faults stop after 1.5 s; what is left of a run takes well under a minute then. In microseconds.
    private const double TimeMax = 60_000_000;

    /// <summary>Runs what the seed says, from the first lease to the last evaluation, and checks it.</summary>
    /// <param name="mode">A mode of <see cref="RunPlan.Mode"/>.</param>
    /// <param name="seed">Decides everything: the run, its faults and every delay.</param>
    /// <exception cref="ArgumentException">The mode is not one of <see cref="RunPlan.Modes"/>.</exception>
    public static FaultReport Run(string mode, ulong seed)
    {
        if (!RunPlan.Modes.Contains(mode))
        {
            throw new ArgumentException($"Mode '{mode}' is not one of {string.Join(", ", RunPlan.Modes)}.", nameof(mode));
        }

        RunFacts facts = Run(FaultPlan.Draw(seed, mode));
        return new FaultReport(facts.Plan.ToString(), Check.Breaches(facts), facts.Events, SummaryOf(facts));
    }

    /// <summary>Runs one plan and returns what happened.</summary>
    internal static RunFacts Run(FaultPlan plan, Hooks? hooks = null)
    {
        var time = new VirtualTime();
        var facts = new RunFacts(plan, time);
        _ = new Grid(plan, hooks ?? new Hooks(), facts, time);
        while (!facts.IsEnded && time.Now <= TimeMax && time.TryStep())
        {
        }

        return facts;
    }

    private static string SummaryOf(RunFacts facts)
    {
        if (facts.Of<Ended>().FirstOrDefault() is not { } ended)
        {
            return "The run did not end.";
        }

        RunTotals totals = ended.Totals;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Ended after {ended.Moment / 1e6:F3} s: {totals.SamplesUsed} samples, {totals.Tickets} tickets, {totals.TicketsVoid} void; " +
            $"{totals.WorkersLost} workers and {totals.ShardsLost} shards died; updates lost {totals.UpdatesLost}, partial {totals.UpdatesPartial}.");
    }
}
