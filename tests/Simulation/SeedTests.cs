using OrleansSgd.Core.Runs;
using OrleansSgd.Simulation.Checks;

namespace OrleansSgd.Simulation;

/// <summary>Many runs, each with faults of its own; a failure starts with the seed and all rates.</summary>
public class SeedTests
{
    private const int SeedCount = 300;

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.Ssp)]
    [InlineData(RunPlan.NormBounded)]
    [InlineData(RunPlan.VarianceBounded)]
    public void Every_run_with_faults_ends_and_keeps_all_invariants(string mode)
    {
        var breaches = new List<string>();
        for (ulong seed = 1; seed <= SeedCount; seed++)
        {
            if (Check.FirstBreach(Simulator.Run(FaultPlan.Draw(seed, mode))) is { } breach)
            {
                breaches.Add(breach);
            }
        }

        Assert.True(breaches.Count == 0, $"{breaches.Count} of {SeedCount} seeds; the first:\n{breaches.FirstOrDefault()}");
    }
}
