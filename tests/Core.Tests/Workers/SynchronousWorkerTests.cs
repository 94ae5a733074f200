using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Core.Tests.Workers;

/// <summary>A worker of a synchronous run retains its updates until every shard has their rounds.</summary>
public class SynchronousWorkerTests
{
    [Fact]
    public void Round_waits_for_the_version_before_it_on_every_shard()
    {
        MachineScript script = CommittedRoundZero(shards: 2);

        Assert.Equal("Pull 0@1, Pull 1@1", script.Grant(2, 4, round: 1).Commands());
        Assert.Equal("", script.View(0, 1).Commands());
        Assert.Equal("Hold", script.View(1, 0, outcome: PushOutcomeKind.NotYet).Commands());
        Assert.Equal("Lease", script.Tick().Commands());
        Assert.Equal("Pull 1@1", script.Grant(2, 4, round: 1).Commands());
        Assert.Equal("Release #0, Gradient", script.View(1, 1).Commands());
    }

    [Fact]
    public void New_life_of_a_shard_is_offered_what_it_lacks()
    {
        MachineScript script = CommittedRoundZero(shards: 1);
        script.Grant(2, 4, round: 1).Commands();

        Assert.Equal("Push 0 #0, Hold", script.View(0, 0, life: 2, PushOutcomeKind.NotYet).Commands());
        script.Pushed(0, 0, PushOutcomeKind.Applied, version: 1, life: 2);
        Assert.Equal("Lease", script.Tick().Commands());
        Assert.Equal("Pull 0@1", script.Grant(2, 4, round: 1).Commands());
        Assert.Equal("Release #0, Gradient", script.View(0, 1, life: 2).Commands());
    }

    [Fact]
    public void Worker_that_waits_for_a_version_may_be_given_an_earlier_slot_instead()
    {
        MachineScript script = CommittedRoundZero(shards: 1);
        script.Grant(2, 4, round: 1).Commands();
        script.View(0, 0, outcome: PushOutcomeKind.NotYet).Commands();
        script.Tick().Commands();

        Assert.Equal("Gradient", script.Grant(4, 6, round: 0, id: 5).Commands());
    }

    [Fact]
    public void Update_is_not_released_while_it_is_being_offered()
    {
        MachineScript script = CommittedRoundZero(shards: 1);
        script.Grant(2, 4, round: 1).Commands();
        script.View(0, 0, life: 2, PushOutcomeKind.NotYet).Commands();
        script.Tick().Commands();
        script.Grant(2, 4, round: 1).Commands();

        // The push arrived and completed the round, but its own answer is still on the way: the frame is in use.
        Assert.Equal("Gradient", script.View(0, 1, life: 2).Commands());
        Assert.Equal("Hold", script.Failed(WorkerCommandKind.Push, 0, sequence: 0).Commands());
        Assert.Equal("Push 0 #0", script.Tick().Commands());
        Assert.Equal("Release #0", script.Pushed(0, 0, PushOutcomeKind.Duplicate, 1, life: 2).Commands());
    }

    [Fact]
    public void Each_new_life_is_offered_the_update_once()
    {
        MachineScript script = CommittedRoundZero(shards: 1);
        script.Grant(2, 4, round: 1).Commands();

        Assert.Equal("Push 0 #0, Hold", script.View(0, 0, 2, PushOutcomeKind.NotYet).Commands());
        script.Pushed(0, 0, PushOutcomeKind.Pending, 0, life: 2).Tick().Commands();
        Assert.Equal("Pull 0@1", script.Grant(2, 4, round: 1).Commands());
        Assert.Equal("Hold", script.View(0, 0, 2, PushOutcomeKind.NotYet).Commands());
        script.Tick().Commands();
        script.Grant(2, 4, round: 1).Commands();
        Assert.Equal("Push 0 #0, Hold", script.View(0, 0, 3, PushOutcomeKind.NotYet).Commands());
    }

    [Fact]
    public void Life_met_through_a_push_is_offered_what_the_worker_pushed_before()
    {
        // Two slots of one round: the shard dies after the first and answers the second from a new life.
        MachineScript script = CommittedRoundZero(shards: 1);
        script.Grant(2, 4, round: 0).UpToPush(ticket: 1);

        Assert.Equal("Push 0 #0, Lease", script.Pushed(0, 1, PushOutcomeKind.Pending, 0, life: 2).Commands());
    }

    [Fact]
    public void Idle_worker_looks_for_new_lives_before_it_asks_again()
    {
        MachineScript script = CommittedRoundZero(shards: 2);

        Assert.Equal("Pull 0@0, Pull 1@0", script.Answer(LeaseVerdict.Wait).Commands());
        Assert.Equal("Push 1 #0", script.View(1, 0, life: 2).Commands());
        Assert.Equal("Hold", script.View(0, 0).Commands());
        Assert.Equal("Lease", script.Tick().Commands());
    }

    [Fact]
    public void Worker_stops_only_when_every_shard_has_its_last_round()
    {
        MachineScript script = CommittedRoundZero(shards: 2);

        Assert.Equal("Pull 0@0, Pull 1@0", script.Answer(LeaseVerdict.Finished).Commands());
        script.View(0, 1).View(1, 0);
        Assert.Equal("Hold", script.Commands());
        Assert.Equal("Lease", script.Tick().Commands());
        script.Answer(LeaseVerdict.Finished).Commands();
        Assert.Equal("Stop", script.View(0, 1).View(1, 1).Commands());
        Assert.Equal(WorkerStopReason.Finished, script.Machine.StopReason);
    }

    [Fact]
    public void Worker_that_looks_around_may_still_be_given_a_slot()
    {
        MachineScript script = CommittedRoundZero(shards: 1);
        script.Answer(LeaseVerdict.Finished).View(0, 0).Commands();
        script.Tick().Commands();

        Assert.Equal("Gradient", script.Grant(2, 4, round: 0).Commands());
    }

    [Fact]
    public void Fenced_offer_ends_the_loop_and_the_pull_beside_it_is_ignored()
    {
        MachineScript script = CommittedRoundZero(shards: 2);
        script.Grant(2, 4, round: 1).Commands();
        script.View(0, 0, life: 2, PushOutcomeKind.NotYet).Commands();

        script.Pushed(0, 0, PushOutcomeKind.Fenced, 0, life: 2).View(1, 1);

        Assert.Equal("Stop", script.Commands());
    }

    // Slot 0 of round 0 is pushed, kept by every shard and committed.
    private static MachineScript CommittedRoundZero(int shards)
    {
        var script = new MachineScript(shards);
        script.Commands();
        script.Grant(0, 2, round: 0);
        for (int shard = 0; shard < shards; shard++)
        {
            script.View(shard, 0);
        }

        script.UpToPush(ticket: 0);
        for (int shard = 0; shard < shards; shard++)
        {
            script.Pushed(shard, 0, PushOutcomeKind.Pending, version: 0);
        }

        Assert.Equal("Lease", script.Commands());
        return script;
    }
}
