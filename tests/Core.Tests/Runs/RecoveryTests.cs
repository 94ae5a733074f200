using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>Goal: a run says that it is over a loss when, and only when, the next one would find everything in two places.</summary>
public class RecoveryTests
{
    private static readonly string[] Silos = ["a", "b", "c"];

    [Fact]
    public void Run_is_over_a_loss_once_everybody_is_up_and_what_was_given_until_then_is_safe()
    {
        RunScript script = RunScript.Keeping(64, silos: Silos);
        script.Ticket(0, script.Lease(0));
        Assert.True(script.Coordinator.IsRecovered);

        script.Coordinator.SilosChanged(["a", "c"]);
        Assert.False(script.Coordinator.IsRecovered);
        script.StartAll();
        Assert.False(script.Coordinator.IsRecovered);
        script.StartKeepers("a", "c");
        Assert.Contains("Cut", script.Commands());
        Assert.False(script.Coordinator.IsRecovered); // ticket 0 is with worker 0 alone: its keeper is new

        script.Coordinator.SnapshotKept(1);

        Assert.True(script.Coordinator.IsRecovered);
    }

    [Fact]
    public void Keeper_alone_that_is_lost_is_a_loss()
    {
        RunScript script = RunScript.Keeping(64);
        script.Ticket(0, script.Lease(0));

        script.Coordinator.KeeperLost(0, 1);
        Assert.False(script.Coordinator.IsRecovered);
        script.StartKeepers("a", "b");
        Assert.False(script.Coordinator.IsRecovered);
        script.Coordinator.SnapshotKept(1);

        Assert.True(script.Coordinator.IsRecovered);
    }

    [Fact]
    public void Run_waits_for_what_the_shards_say_of_a_lost_worker()
    {
        RunScript script = RunScript.Keeping(64, silos: Silos);
        script.Ticket(1, script.Lease(1), sequence: 0);
        script.Coordinator.SilosChanged(["a", "c"]);
        script.StartAll();
        script.StartKeepers("a", "c");
        script.Coordinator.SnapshotKept(1);
        Assert.False(script.Coordinator.IsRecovered);

        script.Fenced(0, true, true);
        script.Coordinator.SnapshotKept(1);

        Assert.True(script.Coordinator.IsRecovered);
    }

    [Fact]
    public void Run_on_one_silo_is_never_over_a_loss()
    {
        RunScript script = RunScript.Keeping(64, silos: ["a"]);
        script.Coordinator.SnapshotKept(0);

        Assert.False(script.Coordinator.IsRecovered);
    }

    [Fact]
    public void Run_that_goes_on_from_a_checkpoint_begins_as_after_a_loss()
    {
        RunCoordinator resumed = RunCoordinator.Resume(new RunPlan { Workers = 2, Shards = 2, Batch = 2 }, 64, SavedRun.Nothing, 2, 64);

        Assert.False(resumed.IsRecovered);
    }

    [Fact]
    public void Silo_on_which_a_worker_has_finished_is_clear_once_nothing_is_retained_there_alone()
    {
        RunScript script = RunScript.Keeping(64, silos: Silos);
        for (int worker = 0; worker < 2; worker++)
        {
            long committed = -1;
            for (int step = 0; script.Ask(worker, committed, out Lease lease) == LeaseVerdict.Granted; step += 2)
            {
                script.Ticket(worker, lease, 0, sequence: step);
                script.Ticket(worker, lease, 1, sequence: step + 1);
                committed = lease.Id;
            }
        }

        Assert.Equal(LeaseVerdict.Finished, script.Ask(0, -1, out _));
        script.Coordinator.SiloLeaving("a");
        script.StartAll();
        Assert.False(script.Coordinator.IsClearOf("a"));

        script.Coordinator.SnapshotKept(script.Totals.Tickets);

        Assert.True(script.Coordinator.IsClearOf("a"));
        Assert.Equal(LeaseVerdict.Finished, script.Ask(0, -1, out _)); // it has nowhere to go to any more
    }
}
