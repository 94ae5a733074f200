using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults;
using OrleansSgd.Simulator.Faults.Checks;
using OrleansSgd.Simulator.Faults.Facts;
using Xunit.Abstractions;

namespace OrleansSgd.Simulation;

/// <summary>What is promised as long as at most one silo is down, cut off, slow or leaving at a time: nothing is lost.</summary>
public class OneSiloTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(RunPlan.Async)]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.Ssp)]
    [InlineData(RunPlan.NormBounded)]
    [InlineData(RunPlan.VarianceBounded)]
    public void No_update_is_lost_or_partial_while_one_silo_is_down_at_a_time(string mode)
    {
        int struck = 0;
        int lives = 0;
        int broken = 0;
        foreach (ulong seed in Seeds.All)
        {
            RunFacts facts = FaultSimulation.Run(FaultPlan.Draw(seed, mode).OneSiloAtATime);

            string? breach = Check.FirstBreach(facts);
            Assert.True(breach is null, breach);
            RunTotals totals = facts.Of<Ended>().Single().Totals;
            struck += facts.Of<Struck>().Count();
            lives += totals.WorkersLost + totals.ShardsLost;
            broken += facts.Of<Told>().Any(told => told.Fact.Kind == LedgerFactKind.Break) ? 1 : 0;
        }

        output.WriteLine($"{mode}: {struck} faults ended {lives} lives in {Seeds.Count} runs; no update was lost.");
        Assert.True(lives > Seeds.Count, $"Only {lives} lives ended: the seeds test nothing.");
        Assert.Equal(0, broken);
    }

    [Fact]
    public void Synchronous_run_gives_the_bits_of_the_undisturbed_run_while_one_silo_is_down_at_a_time()
    {
        foreach (ulong seed in Seeds.All)
        {
            FaultPlan plan = FaultPlan.Draw(seed, RunPlan.Bsp).OneSiloAtATime;

            Assert.Null(BitCheck.Difference(FaultSimulation.Run(plan), FaultSimulation.Run(plan.Undisturbed)));
        }
    }
}
