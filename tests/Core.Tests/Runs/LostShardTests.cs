using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

public class LostShardTests
{
    [Fact]
    public void Restored_shard_counts_what_is_lost_and_leaves_out_what_is_on_its_way()
    {
        RunScript script = RunScript.Running();
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        script.Ticket(0, first, 0);   // 0: everywhere
        script.Ticket(0, first, 1);   // 1: everywhere but in the view that lived
        script.Ticket(1, second, 0);  // 2: the same
        script.Ticket(1, second, 1);  // 3: on its way
        script.Ticket(0, script.Lease(0, first.Id), 0, sequence: 2); // 4: on its way
        script.Coordinator.ShardLost(1, 1);
        TicketSet settled = Settled(0);

        int gone = Restore(script, settled);

        Assert.Equal(2, gone);
        Assert.Equal(2, script.Totals.UpdatesLost);
        Assert.Equal(3, settled.Watermark);
        Assert.False(settled.Contains(3) || settled.Contains(4));
    }

    [Fact]
    public void Update_that_two_shards_lost_is_counted_once()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Ticket(0, lease, 1);
        script.Coordinator.SilosChanged(["c"]);
        script.Fenced(1, true, true);
        long version = 0;

        Assert.True(script.Coordinator.TryRestoreShard(0, 2, new TicketSet(), ref version, out _));
        Assert.True(script.Coordinator.TryRestoreShard(1, 2, new TicketSet(), ref version, out _));

        Assert.Equal(2, script.Totals.UpdatesLost);
    }

    [Fact]
    public void Void_ticket_is_not_lost_as_well()
    {
        RunScript script = RunScript.Running();
        script.Ticket(0, script.Lease(0));
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, false, false);
        script.Coordinator.ShardLost(1, 1);
        var settled = new TicketSet();

        Assert.Equal(0, Restore(script, settled));
        Assert.Equal(0, script.Totals.UpdatesLost);
        Assert.Equal(1, settled.Watermark);
    }

    [Fact]
    public void Life_that_was_given_up_meanwhile_is_not_restored_and_counts_nothing()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Ticket(0, lease, 1);
        script.Coordinator.ShardLost(1, 1);
        script.Coordinator.ShardLost(1, 2);
        var settled = new TicketSet();
        long version = 0;

        Assert.False(script.Coordinator.TryRestoreShard(1, 2, settled, ref version, out int gone));
        Assert.Equal((0, 0L, 0L), (gone, script.Totals.UpdatesLost, settled.Watermark));
    }

    [Fact]
    public void Synchronous_shard_starts_where_its_slice_is_when_the_two_newest_rounds_suffice()
    {
        RunScript script = InRound(3);
        long version = 2;

        Assert.Equal(0, Restore(script, Settled(0, 1, 2, 3), ref version));
        Assert.Equal((2L, 0L), (version, script.Totals.UpdatesLost));
    }

    [Fact]
    public void Synchronous_shard_skips_the_rounds_that_nobody_can_repeat_and_says_so()
    {
        RunScript script = InRound(3);
        long version = 0;
        var settled = new TicketSet();

        Assert.Equal(4, Restore(script, settled, ref version));
        Assert.Equal((2L, 4L), (version, script.Totals.UpdatesLost));

        // Round 2 is retained by its workers and will come again.
        Assert.Equal(4, settled.Watermark);
        Assert.False(settled.Contains(4) || settled.Contains(5));
    }

    [Fact]
    public void Model_is_whole_when_every_round_is_in()
    {
        Assert.Equal(4, InRound(3).Coordinator.VersionWhole);
        Assert.Equal(0, RunScript.Running().Coordinator.VersionWhole);
    }

    // Two workers have committed both slots of every round below; round tickets are 2r and 2r + 1.
    private static RunScript InRound(int round)
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 40);
        Lease?[] held = [null, null];
        for (int i = 0; i < round; i++)
        {
            for (int worker = 0; worker < 2; worker++)
            {
                held[worker] ??= script.Lease(worker);
                script.Ticket(worker, held[worker]!.Value, sequence: i);
            }

            for (int worker = 0; worker < 2; worker++)
            {
                LeaseVerdict verdict = script.Ask(worker, held[worker]!.Value.Id, out Lease next);
                held[worker] = verdict == LeaseVerdict.Granted ? next : null;
            }
        }

        script.Coordinator.ShardLost(1, 1);
        return script;
    }

    private static TicketSet Settled(params long[] tickets)
    {
        var settled = new TicketSet();
        Array.ForEach(tickets, ticket => settled.Add(ticket));
        return settled;
    }

    private static int Restore(RunScript script, TicketSet settled)
    {
        long version = 0;
        return Restore(script, settled, ref version);
    }

    private static int Restore(RunScript script, TicketSet settled, ref long version)
    {
        Assert.True(script.Coordinator.TryRestoreShard(1, 2, settled, ref version, out int gone));
        return gone;
    }
}
