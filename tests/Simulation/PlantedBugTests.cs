using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Shards;
using OrleansSgd.Simulation.Plants;
using OrleansSgd.Simulator.Faults;
using OrleansSgd.Simulator.Faults.Checks;
using OrleansSgd.Simulator.Faults.Facts;
using OrleansSgd.Simulator.Faults.Hosts;

namespace OrleansSgd.Simulation;

/// <summary>Each checker must catch the bug that was planted for it, or its silence says nothing.</summary>
public class PlantedBugTests
{
    private const ulong SeedCount = 300;

    [Fact]
    public void Shard_that_forgets_what_it_applied_is_caught_by_the_once_check() =>
        AssertCaught<OnceCheck>(RunPlan.Async, Shards(shard => new ForgetfulShard(shard)));

    [Fact]
    public void Shard_that_applies_rounds_in_order_of_arrival_is_caught_by_the_sum_check() =>
        AssertCaught<SumCheck>(RunPlan.Bsp, Shards(shard => new ArrivalOrderShard(shard)));

    [Fact]
    public void Shard_that_throws_an_update_away_is_caught_by_the_sum_check() =>
        AssertCaught<SumCheck>(RunPlan.Async, Shards(shard => new LosingShard(shard)));

    [Fact]
    public void Shard_that_ignores_fences_is_caught_by_the_fence_check() =>
        AssertCaught<FenceCheck>(RunPlan.Async, Shards(shard => new UnfencedShard(shard)));

    [Fact]
    public void Shard_that_miscounts_delays_is_caught_by_the_delay_check() =>
        AssertCaught<DelayCheck>(RunPlan.Async, Shards(shard => new MiscountingShard(shard)));

    [Fact]
    public void Views_that_are_off_by_one_bit_are_caught_by_the_view_check() =>
        AssertCaught<ViewCheck>(RunPlan.Bsp, new BlurredViews());

    [Fact]
    public void Job_that_returns_a_doubtful_lease_at_once_is_caught_by_the_sample_check() =>
        AssertCaught<SampleCheck>(RunPlan.Async, new HastyJob());

    [Fact]
    public void Job_that_returns_a_doubtful_lease_at_once_is_caught_by_the_account_check() =>
        AssertCaught<AccountCheck>(RunPlan.Async, new HastyJob());

    [Theory]
    [InlineData(RunPlan.Async, SampleReason.Lost)]
    [InlineData(RunPlan.Bsp, SampleReason.SlotRepeated)]
    [InlineData(RunPlan.Async, SampleReason.Void)]
    public void Job_that_does_not_say_why_is_caught_by_the_sample_reason_check(string mode, SampleReason reason) =>
        AssertCaught<SampleReasonCheck>(mode, new ForgivingJob(reason));

    [Theory]
    [InlineData(RunPlan.Async, LedgerFactKind.Void)]
    [InlineData(RunPlan.Async, LedgerFactKind.Orphan)]
    [InlineData(RunPlan.Async, LedgerFactKind.Retire)]
    [InlineData(RunPlan.Async, LedgerFactKind.Restore)]
    [InlineData(RunPlan.Bsp, LedgerFactKind.Void)]
    [InlineData(RunPlan.Bsp, LedgerFactKind.Settle)]
    [InlineData(RunPlan.Bsp, LedgerFactKind.Orphan)]
    public void Job_that_keeps_a_kind_of_fact_to_itself_is_caught_by_the_ledger_check(string mode, LedgerFactKind kind) =>
        AssertCaught<LedgerCheck>(mode, new SilentJob(kind));

    [Fact]
    public void Job_that_says_nothing_of_lost_updates_is_caught_by_the_ledger_check() =>
        AssertCaught<LedgerCheck>(RunPlan.Async, new CarelessJob());

    [Theory]
    [InlineData(RunPlan.Bsp)]
    [InlineData(RunPlan.VarianceBounded)]
    public void Job_that_takes_x_too_early_is_caught_by_the_order_check(string mode) =>
        AssertCaught<OrderCheck>(mode, new EarlyJob());

    [Fact]
    public void Job_that_thinks_views_newer_than_they_were_is_caught_by_the_order_check() =>
        AssertCaught<OrderCheck>(RunPlan.Async, new TrustingJob());

    [Fact]
    public void Job_that_never_hears_of_lost_silos_is_caught_by_the_end_check() =>
        AssertCaught<EndCheck>(RunPlan.Async, new DeafJob());

    [Fact]
    public void Keepers_that_keep_nothing_are_caught_by_the_keep_check() =>
        AssertCaught<KeepCheck>(RunPlan.Async, new ForgetfulKeepers());

    [Fact]
    public void Workers_that_do_not_await_their_keepers_are_caught_by_the_keep_check()
    {
        for (ulong seed = 1; seed <= SeedCount; seed++)
        {
            FaultPlan plan = FaultPlan.Draw(seed, RunPlan.Ssp).OneSiloAtATime;
            if (new KeepCheck().Breach(FaultSimulation.Run(plan, new HastyWorkers())) is not null)
            {
                return;
            }
        }

        Assert.Fail($"KeepCheck caught nothing in {SeedCount} seeds.");
    }

    [Fact]
    public void Job_that_dozes_after_a_loss_is_caught_by_the_progress_check() =>
        AssertCaught<ProgressCheck>(RunPlan.Async, new DozingJob());

    [Fact]
    public void Result_of_a_life_that_is_over_is_caught_by_the_life_check() =>
        AssertCaught<LifeCheck>(RunPlan.Async, new LateResult());

    [Fact]
    public void Checkpoint_that_forgets_which_samples_were_used_is_caught_by_the_sample_check() =>
        AssertCaught<SampleCheck>(RunPlan.Async, new ForgetfulCheckpoint());

    [Fact]
    public void Store_that_takes_what_an_old_coordinator_writes_is_caught_by_the_ledger_check()
    {
        for (ulong seed = 1; seed <= SeedCount; seed++)
        {
            FaultPlan plan = FaultPlan.Draw(seed, RunPlan.Async) with { JobCrashes = [80_000, 220_000, 360_000], StoreDelay = 60_000 };
            if (new LedgerCheck().Breach(FaultSimulation.Run(plan, new UnfencedStore())) is not null)
            {
                return;
            }
        }

        Assert.Fail($"LedgerCheck caught nothing in {SeedCount} seeds.");
    }

    [Fact]
    public void Shard_that_applies_rounds_in_order_of_arrival_is_caught_by_the_bit_check()
    {
        for (ulong seed = 1; seed <= SeedCount; seed++)
        {
            FaultPlan plan = FaultPlan.Draw(seed, RunPlan.Bsp).Undisturbed;
            plan = plan with { Run = plan.Run with { Workers = 4, Shards = 2 } };
            RunFacts facts = FaultSimulation.Run(plan, Shards(shard => new ArrivalOrderShard(shard)));
            if (BitCheck.Breach(facts, FaultSimulation.Run(plan)) is not null)
            {
                return;
            }
        }

        Assert.Fail($"BitCheck caught nothing in {SeedCount} seeds.");
    }

    private static PlantedShards Shards(Func<ParameterShard, ShardMachine> make) => new(make);

    private static void AssertCaught<T>(string mode, Hooks hooks) where T : Check
    {
        Check check = Check.All.OfType<T>().Single();
        for (ulong seed = 1; seed <= SeedCount; seed++)
        {
            if (check.Breach(FaultSimulation.Run(FaultPlan.Draw(seed, mode), hooks)) is not null)
            {
                return;
            }
        }

        Assert.Fail($"{typeof(T).Name} caught nothing in {SeedCount} seeds.");
    }
}
