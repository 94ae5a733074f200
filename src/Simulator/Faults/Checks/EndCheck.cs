using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>Once faults stop, the run ends: all samples used, the result read.</summary>
internal sealed class EndCheck : Check
{
    public override string? Breach(RunFacts facts) => facts.IsEnded
        ? null
        : $"the run did not end within its time; the last of {facts.All.Count} facts is {(facts.All.Count == 0 ? "none" : facts.All[^1])}";
}
