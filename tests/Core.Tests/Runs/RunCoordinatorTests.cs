using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Scheduling.Gates;

namespace OrleansSgd.Core.Tests.Runs;

public class RunCoordinatorTests
{
    [Fact]
    public void Shards_start_first_and_workers_once_all_shards_serve()
    {
        var script = new RunScript(new RunPlan { Workers = 2, Shards = 2 }, 10, "a", "b");

        Assert.Equal("StartShard 0#1 on a, StartShard 1#1 on b", script.Commands());
        script.Coordinator.ShardStarted(0, 1, "a");
        Assert.Equal("", script.Commands());
        script.Coordinator.ShardStarted(1, 1, "b");
        Assert.Equal("StartWorker 0#1 on a, StartWorker 1#1 on b", script.Commands());
        Assert.False(script.Coordinator.IsWhole);
        script.StartAll();
        Assert.True(script.Coordinator.IsWhole);
    }

    [Fact]
    public void Nobody_is_placed_while_there_is_no_silo()
    {
        var script = new RunScript(new RunPlan(), 10);
        script.Coordinator.SilosChanged([]);
        Assert.Equal("", script.Commands());

        script.Coordinator.SilosChanged(["a"]);
        Assert.Equal("StartShard 0#1 on a", script.Commands());
    }

    [Fact]
    public void Lost_silo_takes_its_members_to_new_lives_on_the_others()
    {
        RunScript script = RunScript.Running();

        script.Coordinator.SilosChanged(["a"]);

        Assert.Equal("FenceWorker 1#2 T-1, StartWorker 1#2 on a, StartShard 1#2 on a", script.Commands());
        Assert.Equal((1, 1), (script.Totals.WorkersLost, script.Totals.ShardsLost));
        Assert.Equal("a", script.Coordinator.Shards[0].Silo);
    }

    [Fact]
    public void Member_that_came_up_on_a_silo_that_has_left_is_lost()
    {
        var script = new RunScript(new RunPlan(), 10, "a", "b");
        script.Commands();
        script.Coordinator.SilosChanged(["a"]);

        // It was meant for a, but an activation was on b already; the news is older than that of b's end.
        script.Coordinator.ShardStarted(0, 1, "b");

        Assert.StartsWith("StartShard 0#2 on a", script.Commands(), StringComparison.Ordinal);
    }

    [Fact]
    public void News_of_an_earlier_life_changes_nothing()
    {
        RunScript script = RunScript.Running();
        script.Coordinator.SilosChanged(["a"]);
        script.StartAll();
        int generation = script.Coordinator.Generation;

        script.Coordinator.ShardLost(1, 1);
        script.Coordinator.WorkerLost(1, 1);
        script.Coordinator.ShardStarted(1, 1, "a");
        script.Coordinator.WorkerStarted(1, 1, "a");

        Assert.Equal("", script.Commands());
        Assert.Equal(generation, script.Coordinator.Generation);
        Assert.Equal(LeaseVerdict.Fenced, script.Coordinator.LeaseAsked(1, 1, -1, out _));
        Assert.Equal(TicketVerdict.Fenced, script.Coordinator.TicketAsked(1, 1, 0, 0, 0, 2, norm: 1, viewed: 0, out _));
    }

    [Fact]
    public void Lost_answer_to_a_lease_question_is_given_again()
    {
        RunScript script = RunScript.Running();
        Lease first = script.Lease(0);
        Lease second = script.Lease(0, committed: first.Id);

        Assert.Equal(second, script.Lease(0, committed: first.Id));
        Assert.Equal(4, script.Totals.SamplesUsed);
    }

    [Fact]
    public void Repeated_question_gets_the_same_ticket_and_an_overtaken_one_gets_none()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        Assert.Equal(0, script.Ticket(0, lease, batch: 0));
        Assert.Equal(0, script.Ticket(0, lease, batch: 0));
        Assert.Equal(1, script.Ticket(0, lease, batch: 1));

        Assert.Equal(-1, script.Ticket(0, lease, batch: 0));
        Assert.Equal(1, script.Ticket(0, lease, batch: 1));
        script.Lease(0, committed: lease.Id);
        Assert.Equal(-1, script.Ticket(0, lease, batch: 1));
        Assert.Equal(2, script.Totals.Tickets);
    }

    [Fact]
    public void Worker_that_asks_is_up_although_its_silo_has_not_answered()
    {
        var script = new RunScript(new RunPlan(), 10, "a");
        script.Coordinator.ShardStarted(0, 1, "a");

        script.Lease(0);

        Assert.Equal(MemberState.Live, script.Coordinator.Workers[0].State);
    }

    [Fact]
    public void Epoch_that_is_used_up_is_evaluated_and_the_last_one_finishes_the_run()
    {
        RunScript script = RunScript.Running(samples: 4, epochs: 2);
        Lease first = script.Lease(0);
        Lease second = script.Lease(0, first.Id);
        Assert.Equal("Evaluate 1", script.Commands());

        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, -1, out _));
        Assert.Equal(LeaseVerdict.Finished, script.Ask(0, second.Id, out _));
        Assert.Equal(LeaseVerdict.Finished, script.Ask(0, second.Id, out _));
        Assert.Equal(LeaseVerdict.Finished, script.Ask(1, -1, out _));

        Assert.Equal("Finish", script.Commands());
        Assert.Equal((8L, 2, 0), (script.Totals.SamplesUsed, script.Totals.EpochsClosed, script.Coordinator.WorkersLive));
        Assert.True(script.Coordinator.IsWhole);
    }

    [Fact]
    public void Epochs_that_close_together_are_each_evaluated_the_last_of_them_by_the_end_of_the_run()
    {
        RunScript script = RunScript.Running(samples: 4, epochs: 3);
        Lease slow = script.Lease(0);
        Lease second = script.Lease(1);
        Lease third = script.Lease(1, second.Id);
        script.Ask(1, third.Id, out _);
        Assert.Equal("", script.Commands());

        Assert.Equal(LeaseVerdict.Finished, script.Ask(0, slow.Id, out _));

        Assert.Equal("Evaluate 1, Evaluate 2, Finish", script.Commands());
    }

    [Fact]
    public void Shard_that_dies_after_the_last_sample_comes_back_for_the_evaluation_and_workers_do_not()
    {
        RunScript script = RunScript.Running(samples: 4);
        script.Ask(0, script.Lease(0).Id, out _);
        Assert.Equal("Finish", script.Commands());

        script.Coordinator.SilosChanged(["a"]);

        Assert.Equal("FenceWorker 1#2 T-1, StartShard 1#2 on a", script.Commands());
    }

    [Fact]
    public void Worker_that_has_not_begun_does_not_begin_while_a_shard_is_being_restored()
    {
        RunScript script = RunScript.Running();
        Lease held = script.Lease(0);
        script.Coordinator.ShardLost(1, 1);

        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, -1, out _));
        Assert.Equal(LeaseVerdict.Granted, script.Ask(0, held.Id, out _));
        script.StartAll();
        Assert.Equal(LeaseVerdict.Granted, script.Ask(1, -1, out _));
    }
}
