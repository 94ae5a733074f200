using OrleansSgd.Core.Runs;
using OrleansSgd.Simulation.Checks;
using OrleansSgd.Simulation.Facts;

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
            RunFacts expected = Simulator.Run(plan);
            foreach (int shards in (int[])[1, 2, 3, 4])
            {
                RunFacts again = Simulator.Run(plan with { Run = plan.Run with { Shards = shards } });

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
            FaultPlan plan = FaultPlan.Draw(seed, RunPlan.Bsp) with { SiloCrashes = [], SiloSuspicions = [], WorkerCrashes = [] };
            RunFacts facts = Simulator.Run(plan);
            RunTotals totals = facts.Of<Ended>().Single().Totals;
            shardsLost += totals.ShardsLost;

            Assert.Null(BitCheck.Breach(facts, Simulator.Run(plan.Undisturbed)));
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
            RunFacts facts = Simulator.Run(plan);
            if (facts.Of<Ended>().Single().Totals.WorkersLost > 0)
            {
                disturbed++;
                excused += BitCheck.IsExcused(facts) ? 1 : 0;
            }

            Assert.Null(BitCheck.Breach(facts, Simulator.Run(plan.Undisturbed)));
        }

        Assert.True(disturbed - excused > SeedCount / 4, $"Only {disturbed - excused} of {disturbed} disturbed runs had to be equal.");
    }
}
