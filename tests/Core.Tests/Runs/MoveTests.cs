using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Runs;

public class MoveTests
{
    [Fact]
    public void Shards_of_a_silo_that_leaves_are_handed_over_and_none_is_lost()
    {
        RunScript script = RunScript.Running();

        script.Coordinator.SiloLeaving("a");

        Assert.Equal("StartShard 0#2 on b from 1", script.Commands());
        Assert.False(script.Coordinator.IsClearOf("a"));
        Assert.Equal(0, script.Totals.ShardsLost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Silo_is_clear_once_what_it_hands_over_has_arrived_or_is_known_to_be_lost(bool hasArrived)
    {
        var script = new RunScript(new RunPlan { Workers = 1, Shards = 3, Batch = 2 }, 16, "a", "b", "c");
        script.StartAll();
        script.Coordinator.SiloLeaving("c");
        Assert.False(script.Coordinator.IsClearOf("c")); // its shard is meant for another silo, but still has to go there

        if (hasArrived)
        {
            script.Coordinator.ShardStarted(2, 2, "a");
        }
        else
        {
            script.Coordinator.ShardLost(2, 2);
        }

        Assert.True(script.Coordinator.IsClearOf("c"));
    }

    [Fact]
    public void Handed_over_slice_lacks_nothing()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(1);
        script.Ticket(1, lease, 0);
        script.Ticket(1, lease, 1);
        script.Coordinator.SiloLeaving("a");
        var settled = new TicketSet();
        settled.Add(0);
        long version = 1;

        Assert.True(script.Coordinator.TryRestoreShard(0, 2, settled, ref version, out int gone));

        Assert.Equal((0, 1L), (gone, settled.Watermark)); // the open ticket is still to come
    }

    [Theory]
    [InlineData(true, "Void T0")]
    [InlineData(false, "Break, Void T0")]
    public void Update_under_way_to_a_shard_that_moves_was_in_nobodys_view_when_its_worker_dies_and_may_have_been_when_the_shard_died(
        bool isWhole, string told)
    {
        RunScript script = RunScript.Running();
        script.Ticket(1, script.Lease(1), 0);
        script.Coordinator.SiloLeaving("a");
        long version = 0;
        Assert.True(script.Coordinator.TryRestoreShard(0, 2, new TicketSet(), ref version, out _, isWhole: isWhole));
        script.StartAll();
        script.Facts();

        script.Coordinator.WorkerLost(1, 1);
        script.Fenced(0, false, false);

        Assert.StartsWith(told, script.Facts().Replace("Retire 1#1 T1, ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "[]")]
    [InlineData(false, "[0]")]
    public void Update_of_a_dead_worker_can_be_completed_on_a_shard_that_has_moved(bool isWhole, string lost)
    {
        RunScript script = RunScript.Running();
        script.Ticket(1, script.Lease(1), 0);
        script.Coordinator.WorkerLost(1, 1);
        script.Coordinator.SiloLeaving("a");
        script.Facts();
        long version = 0;

        Assert.True(script.Coordinator.TryRestoreShard(0, 2, new TicketSet(), ref version, out _, isWhole: isWhole));

        Assert.EndsWith($"lost {lost}", script.Facts(), StringComparison.Ordinal);
        Assert.Equal(isWhole, script.Coordinator.MayReplay(0, shard: 0));
    }

    [Fact]
    public void Worker_hands_over_at_its_next_question_and_the_rest_of_its_lease_goes_to_others()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Coordinator.SiloLeaving("a");
        script.Commands();

        Assert.Equal(TicketVerdict.Stale, script.AskTicket(0, lease, out _, batch: 1));
        Assert.Equal(LeaseVerdict.Leave, script.Ask(0, -1, out _));

        Assert.Equal("FenceWorker 0#2 T-1, StartWorker 0#2 on b from 1", script.Commands());
        Assert.DoesNotContain("Retire", script.Facts());
        script.StartAll();
        Assert.True(script.Coordinator.IsClearOf("a"));
        Assert.Equal((lease.Start + 2, lease.End), (script.Lease(1).Start, lease.End));
        Assert.Equal(0, script.Totals.WorkersLost);
    }

    [Fact]
    public void Worker_that_never_began_leaves_after_its_first_step()
    {
        RunScript script = RunScript.Running();
        script.Coordinator.SiloLeaving("a");
        script.StartAll();
        Lease lease = script.Lease(0);

        Assert.Equal(TicketVerdict.Given, script.AskTicket(0, lease, out _, batch: 0));
        Assert.Equal(TicketVerdict.Stale, script.AskTicket(0, lease, out _, batch: 1));
    }

    [Fact]
    public void Residual_that_could_not_be_handed_over_is_told_to_the_ledger()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Coordinator.SiloLeaving("a");
        script.AskTicket(0, lease, out _, batch: 1);
        script.Ask(0, -1, out _);

        script.Coordinator.ResidualGone(0, 1);

        Assert.Equal("Retire 0#1 T1", script.Facts());
    }

    [Fact]
    public void Nothing_moves_to_a_silo_that_leaves()
    {
        RunScript script = RunScript.Running();
        script.Coordinator.SiloLeaving("b");
        script.StartAll();

        script.Coordinator.ShardLost(0, 1);

        Assert.Equal("StartShard 0#2 on a", script.Commands());
    }

    [Fact]
    public void Last_silo_keeps_what_it_has()
    {
        RunScript script = RunScript.Running();
        script.Coordinator.SilosChanged(["a"]);
        script.StartAll();

        script.Coordinator.SiloLeaving("a");

        Assert.Equal("", script.Commands());
        Assert.False(script.Coordinator.IsClearOf("a"));
        Assert.Equal(LeaseVerdict.Granted, script.Ask(0, -1, out _));
    }

    [Fact]
    public void Silo_that_began_to_leave_as_the_last_one_hands_over_once_another_has_joined()
    {
        RunScript script = RunScript.Running();
        script.Coordinator.SilosChanged(["a"]);
        script.StartAll();
        Lease lease = script.Lease(1);
        script.Ticket(1, lease, 0);
        script.Coordinator.SiloLeaving("a");
        script.Commands();

        script.Coordinator.SilosChanged(["a", "c"]);

        Assert.Equal("StartShard 0#2 on c from 1, StartShard 1#3 on c from 2", script.Commands());
        Assert.Equal(TicketVerdict.Stale, script.AskTicket(1, lease, out _, batch: 1));
        Assert.Equal(LeaseVerdict.Leave, script.Ask(1, -1, out _));
    }

    [Fact]
    public void Silo_that_leaves_before_anybody_said_that_it_has_come_gets_nothing()
    {
        RunScript script = RunScript.Running();

        script.Coordinator.SiloLeaving("c");
        script.Coordinator.SilosChanged(["a", "b", "c"]);
        script.Coordinator.SilosChanged(["a", "c"]);

        Assert.Equal("a a", Silos(script.Coordinator.Shards));
        Assert.Equal("a a", Silos(script.Coordinator.Workers));
        Assert.True(script.Coordinator.IsClearOf("c"));
    }

    [Fact]
    public void Silo_that_dies_before_it_has_left_is_a_crash()
    {
        RunScript script = RunScript.Running();
        script.Coordinator.SiloLeaving("a");
        script.Commands();

        script.Coordinator.SilosChanged(["b"]);

        Assert.Equal(1, script.Totals.WorkersLost);
        Assert.True(script.Coordinator.IsClearOf("a"));
    }

    [Fact]
    public void Silo_that_joins_takes_its_share_once_the_run_is_whole()
    {
        var plan = new RunPlan { Workers = 4, Shards = 4, Batch = 2, LeaseBatches = 2 };
        var script = new RunScript(plan, 64, "a");
        script.StartAll();
        for (int worker = 0; worker < 4; worker++)
        {
            script.Lease(worker);
        }

        script.Coordinator.SilosChanged(["a", "b"]);

        Assert.Equal("StartShard 3#2 on b from 1, StartShard 2#2 on b from 1", script.Commands());
        script.StartAll();
        Assert.Equal("a a b b", Silos(script.Coordinator.Shards));
        Assert.Equal(LeaseVerdict.Granted, script.Ask(0, -1, out _));
        Assert.Equal(LeaseVerdict.Leave, script.Ask(3, -1, out _));
        Assert.Equal(LeaseVerdict.Leave, script.Ask(2, -1, out _));
        script.StartAll();
        Assert.Equal("a a b b", Silos(script.Coordinator.Workers));
    }

    private static string Silos(ReadOnlySpan<Member> members) => string.Join(' ', members.ToArray().Select(member => member.Silo));
}
