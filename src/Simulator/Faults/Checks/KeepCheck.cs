using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>As long as at most one silo is down at a time, no update is lost, and none is in a part of x only.</summary>
internal sealed class KeepCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        if (!facts.Plan.IsOneSiloAtATime || !facts.IsEnded)
        {
            return null;
        }

        RunTotals totals = facts.Of<Ended>().Single().Totals;
        return totals is { UpdatesLost: 0, UpdatesPartial: 0 }
            ? null
            : $"{totals.UpdatesLost} updates are lost and {totals.UpdatesPartial} are partial, although one silo was down at a time";
    }
}
