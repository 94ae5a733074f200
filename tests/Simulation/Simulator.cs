using OrleansSgd.Simulation.Facts;
using OrleansSgd.Simulation.Hosts;

namespace OrleansSgd.Simulation;

/// <summary>Runs one plan from its first lease to its last evaluation and returns what happened.</summary>
internal static class Simulator
{
    // Faults stop after 1.5 s; what is left of a run takes well under a minute then.
    private const long TimeMax = 60_000_000;

    public static RunFacts Run(FaultPlan plan, Hooks? hooks = null)
    {
        var facts = new RunFacts(plan);
        var grid = new Grid(plan, hooks ?? new Hooks(), facts);
        grid.Time.RunUntil(() => facts.IsEnded, TimeMax);
        return facts;
    }
}
