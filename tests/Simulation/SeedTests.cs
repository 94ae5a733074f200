using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults;
using OrleansSgd.Simulator.Faults.Checks;
using OrleansSgd.Simulator.Faults.Facts;
using Xunit.Abstractions;

namespace OrleansSgd.Simulation;

/// <summary>Many runs, each with faults of its own; a failure starts with the seed and all rates.</summary>
public class SeedTests(ITestOutputHelper output)
{
    private static readonly int SeedCount = Seeds.Count;

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.Ssp)]
    [InlineData(RunPlan.NormBounded)]
    [InlineData(RunPlan.VarianceBounded)]
    public void Every_run_with_faults_ends_and_keeps_all_invariants(string mode)
    {
        var breaches = new List<string>();
        foreach (ulong seed in Seeds.All)
        {
            if (Check.FirstBreach(FaultSimulation.Run(FaultPlan.Draw(seed, mode))) is { } breach)
            {
                breaches.Add(breach);
            }
        }

        Assert.True(breaches.Count == 0, $"{breaches.Count} of {SeedCount} seeds; the first:\n{breaches.FirstOrDefault()}");
    }

    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.VarianceBounded)]
    public void Losses_that_the_ledger_cannot_account_for_are_rare(string mode)
    {
        int losses = 0;
        int broken = 0;
        foreach (ulong seed in Seeds.All)
        {
            RunFacts facts = FaultSimulation.Run(FaultPlan.Draw(seed, mode));
            RunTotals totals = facts.Of<Ended>().Single().Totals;
            losses += totals.WorkersLost > 0 && totals.ShardsLost > 0 ? 1 : 0;
            broken += facts.Of<Told>().Any(told => told.Fact.Kind == LedgerFactKind.Break) ? 1 : 0;
        }

        // Only where a worker and a shard with its update die within moments; the faults here are a thousand times as dense as real ones.
        Assert.True(losses > SeedCount / 4, $"Only {losses} runs lost a worker and a shard: the seeds test nothing.");
        Assert.True(broken < losses / 3, $"{broken} of {losses} runs that lost a worker and a shard have a broken ledger.");
        output.WriteLine($"{mode}: {broken} of {losses} runs that lost a worker and a shard have a broken ledger.");
    }
}
