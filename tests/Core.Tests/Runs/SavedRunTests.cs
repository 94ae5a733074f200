using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>Goal: a coordinator that goes on from a save uses every sample once and no number twice.</summary>
public class SavedRunTests
{
    private const int Samples = 37;
    private const int Epochs = 6;

    public static TheoryData<string, bool> Modes
    {
        get
        {
            var modes = new TheoryData<string, bool>();
            foreach (string mode in RunPlan.Modes)
            {
                modes.Add(mode, false);
                modes.Add(mode, true);
            }

            return modes;
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Run_that_is_saved_and_resumed_uses_every_sample_of_every_epoch_once(string mode, bool flushes)
    {
        int resumptions = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var script = new SavedRunScript(PlanOf(mode, flushes), Samples, seed);

            Assert.True(script.Run(resumptionsMax: 3), $"{mode}, seed {seed}: did not end");
            resumptions += script.Resumptions;
            Assert.Equal(Enumerable.Range(0, script.Used.Count).Select(i => (long)i), script.Used.Select(one => one.Ticket));
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                int[] uses = new int[Samples];
                foreach ((_, _, int start, int end) in script.Used.Where(one => one.Epoch == epoch))
                {
                    for (int position = start; position < end; position++)
                    {
                        uses[position]++;
                    }
                }

                Assert.True(uses.All(count => count == 1), $"{mode}, seed {seed}, epoch {epoch}: {string.Join(' ', uses)}");
            }

            Assert.Equal((Samples * Epochs, Epochs), (script.Totals.SamplesUsed, script.Totals.EpochsClosed));
        }

        Assert.True(resumptions > 10, $"only {resumptions} resumptions");
    }

    [Fact]
    public void Rounds_are_told_to_the_ledger_once_each_although_the_coordinator_changes()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var script = new SavedRunScript(PlanOf(RunPlan.Bsp, flushes: false), Samples, seed);

            Assert.True(script.Run(resumptionsMax: 3));
            Assert.DoesNotContain(script.Facts, fact => fact.Kind == LedgerFactKind.Break);
            long[] told = [.. script.Facts
                .Where(fact => fact.Kind is LedgerFactKind.Settle or LedgerFactKind.Orphan or LedgerFactKind.Void).Select(fact => fact.Ticket)];
            Assert.Equal(told.Distinct().Order(), told.Order());
        }
    }

    [Fact]
    public void Save_counts_what_is_in_the_shards_as_used_and_gives_the_rest_of_a_lease_to_others()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, batch: 0);

        RunCoordinator resumed = RunCoordinator.Resume(PlanOf(RunPlan.Async, false) with { Workers = 2, Epochs = 1 }, 16, SaveOf(script), generation: 2);
        resumed.SilosChanged(["a", "b"]);

        Assert.Equal((2L, 1L), (resumed.Totals.SamplesUsed, resumed.Totals.Tickets));
        Assert.All(resumed.Shards.ToArray(), shard => Assert.Equal(SavedRun.LivesPerGeneration + 1, shard.Incarnation));
        for (int shard = 0; shard < 2; shard++)
        {
            resumed.ShardStarted(shard, resumed.Shards[shard].Incarnation, "a");
        }

        Assert.Equal(LeaseVerdict.Granted, resumed.LeaseAsked(1, resumed.Workers[1].Incarnation, -1, out Lease rest));
        Assert.Equal((2, 4), (rest.Start, rest.End));
    }

    [Fact]
    public void Resumed_run_says_first_that_what_workers_held_back_is_gone()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, batch: 0);

        RunCoordinator resumed = RunCoordinator.Resume(PlanOf(RunPlan.Async, false) with { Workers = 2, Epochs = 1 }, 16, SaveOf(script), generation: 2);

        Assert.True(resumed.TryNextFact(out LedgerFact fact));
        Assert.Equal((LedgerFactKind.Retire, 0, 1, 1L), (fact.Kind, fact.Worker, fact.Incarnation, fact.Ticket));
        Assert.False(resumed.TryNextFact(out _));
    }

    [Fact]
    public void Run_is_saved_inside_a_confirmed_hold_only()
    {
        RunScript script = RunScript.Running();
        Assert.Throws<InvalidOperationException>(script.Coordinator.Save);
        script.Coordinator.TryHold(out _);
        Assert.Throws<InvalidOperationException>(script.Coordinator.Save);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 262_144)]
    [InlineData(8191, 2_146_959_360)]
    public void Lives_of_a_generation_begin_above_all_of_those_before(long generation, int before) =>
        Assert.Equal(before, SavedRun.LivesBefore(generation));

    [Fact]
    public void Job_that_was_claimed_too_often_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SavedRun.LivesBefore(SavedRun.GenerationsMax + 1L));

    private static SavedRun SaveOf(RunScript script)
    {
        Assert.True(script.Coordinator.TryHold(out long ticket));
        Assert.True(script.Coordinator.TryConfirm(ref ticket, [1, 1]));
        return script.Coordinator.Save();
    }

    private static RunPlan PlanOf(string mode, bool flushes) => new()
    {
        Workers = 3,
        Shards = 2,
        Batch = 2,
        LeaseBatches = 2,
        Epochs = Epochs,
        Mode = mode,
        Codec = flushes ? new CodecPlan(CodecPlan.OneBit) : new CodecPlan(),
    };
}
