using OrleansSgd.Core.Runs;
using OrleansSgd.Simulator.Faults;
using OrleansSgd.Simulator.Faults.Checks;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulation;

/// <summary>What "synchronous" promises: the same bits, on any number of shards and through faults.</summary>
public class SynchronousTests
{
    private const int SeedCount = 300;

    [Fact]
    public void Undisturbed_runs_give_the_same_bits_twice_and_on_any_number_of_shards()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            FaultPlan plan = FaultPlan.Draw(seed, RunPlan.Bsp).Undisturbed;
            RunFacts expected = FaultSimulation.Run(plan);
            foreach (int shards in (int[])[1, 2, 3, 4])
            {
                RunFacts again = FaultSimulation.Run(plan with { Run = plan.Run with { Shards = shards } });

                Assert.Null(BitCheck.Breach(again, expected));
                Assert.False(BitCheck.IsExcused(again));
            }
        }
    }

    [Fact]
    public void Run_whose_shards_die_gives_the_bits_of_the_undisturbed_run()
    {
        int shardsLost = 0;
        for (ulong seed = 1; seed <= SeedCount; seed++)
        {
            // Workers live on, and what they retain is everything a dead shard had.
            FaultPlan drawn = FaultPlan.Draw(seed, RunPlan.Bsp);
            FaultPlan plan = drawn.Undisturbed with
            {
                Loss = drawn.Loss,
                Duplication = drawn.Duplication,
                Slow = drawn.Slow,
                ShardCrashes = drawn.ShardCrashes,
            };
            RunFacts facts = FaultSimulation.Run(plan);
            RunTotals totals = facts.Of<Ended>().Single().Totals;
            shardsLost += totals.ShardsLost;

            Assert.Null(BitCheck.Breach(facts, FaultSimulation.Run(plan.Undisturbed)));
            Assert.False(totals.WorkersLost == 0 && BitCheck.IsExcused(facts), facts.Plan.ToString());
        }

        Assert.True(shardsLost > SeedCount / 4, $"Only {shardsLost} shards died: the seeds test nothing.");
    }

    [Fact]
    public void Run_whose_silos_die_gives_the_bits_of_the_undisturbed_run_unless_it_says_why_not()
    {
        int disturbed = 0;
        int excused = 0;
        for (ulong seed = 1; seed <= SeedCount; seed++)
        {
            FaultPlan plan = FaultPlan.Draw(seed, RunPlan.Bsp);
            RunFacts facts = FaultSimulation.Run(plan);
            if (facts.Of<Ended>().Single().Totals.WorkersLost > 0)
            {
                disturbed++;
                excused += BitCheck.IsExcused(facts) ? 1 : 0;
            }

            Assert.Null(BitCheck.Breach(facts, FaultSimulation.Run(plan.Undisturbed)));
        }

        Assert.True(disturbed - excused > SeedCount / 4, $"Only {disturbed - excused} of {disturbed} disturbed runs had to be equal.");
    }
}
