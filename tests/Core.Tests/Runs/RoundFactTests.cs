using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>Where shards keep rounds the coordinator finds out which update fills which slot, and tells the ledger.</summary>
public class RoundFactTests
{
    [Fact]
    public void Round_is_told_when_none_of_its_slots_can_be_computed_again()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 40);
        Round(script, 0);
        Assert.Equal("", script.Facts());

        Round(script, 1);

        Assert.Equal("Settle T0 [1 1], Settle T1 [1 1]", script.Facts());
    }

    [Fact]
    public void Last_rounds_are_told_before_the_run_is_finished()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 4);
        Round(script, 0);

        Assert.Equal("Settle T0 [1 1], Settle T1 [1 1]", script.Facts());
        Assert.Equal("Finish", script.Commands());
    }

    [Fact]
    public void Every_ticket_of_a_round_is_measured_against_x_before_its_first()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 40);
        Round(script, 0);
        Lease first = script.Lease(1);
        Lease second = script.Lease(0);

        script.AskTicket(1, first, out TicketGrant one, sequence: 1);
        script.AskTicket(0, second, out TicketGrant two, sequence: 1);

        Assert.Equal((new TicketGrant(2, 2), new TicketGrant(3, 2)), (one, two));
    }

    [Fact]
    public void Contribution_that_every_shard_has_is_not_computed_again()
    {
        RunScript script = Committed(out _);

        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, true, true);

        Assert.Equal(0, script.Totals.SamplesRepeated);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, -1, out _));
    }

    [Fact]
    public void Contribution_that_a_shard_lacks_is_computed_again_and_each_fills_the_slot_where_the_other_does_not()
    {
        RunScript script = Committed(out Lease slot);
        Lease other = script.Lease(1);
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, true, false);

        Lease again = script.Lease(0);
        Assert.Equal((slot.Round, slot.Slot), (again.Round, again.Slot));
        script.AskTicket(0, again, out TicketGrant grant);
        script.Ticket(1, other, sequence: 0);
        script.Ask(0, again.Id, out _);
        script.Ask(1, other.Id, out _);

        // Shards that have the rest of the round may have gone on, so its view may contain that.
        Assert.Equal(grant.Ticket, grant.RoundTicket);
        script.Commands();
        Assert.Equal("Retire 0#1 T1, Settle T0 [1 0], Settle T1 [0 1], Settle T2 [1 1]", Finished(script));
    }

    [Fact]
    public void Open_contribution_of_a_lost_worker_waits_for_the_shards_and_is_void_where_none_has_it()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 4);
        Lease lease = script.Lease(0);
        script.Ticket(0, lease);
        script.Coordinator.WorkerLost(0, 1);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, -1, out _));

        script.Fenced(0, false, false);
        Lease again = script.Lease(0);
        script.AskTicket(0, again, out TicketGrant grant);

        Assert.Equal((lease.Slot, new TicketGrant(1, 0)), (again.Slot, grant));
        script.Ask(0, again.Id, out _);
        Lease other = script.Lease(1);
        script.Ticket(1, other);
        script.Ask(1, other.Id, out _);
        Assert.Equal("Retire 0#1 T1, Void T0, Settle T1 [1 1], Settle T2 [1 1]", Finished(script));
    }

    [Fact]
    public void Open_contribution_that_every_shard_has_is_an_orphan_and_fills_its_slot()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 4);
        script.Ticket(0, script.Lease(0));
        script.Coordinator.WorkerLost(0, 1);

        script.Fenced(0, true, true);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, -1, out _));
        Lease other = script.Lease(1);
        script.Ticket(1, other);
        script.Ask(1, other.Id, out _);

        Assert.Equal("Retire 0#1 T1, Orphan T0 [1 1], Settle T1 [1 1]", Finished(script));
    }

    [Fact]
    public void Shard_that_dies_with_what_a_lost_worker_pushed_for_the_newest_round_is_filled_again()
    {
        RunScript script = Committed(out Lease slot);
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, true, true);
        script.Coordinator.ShardLost(1, 1);
        long version = 0;
        var settled = new TicketSet();

        script.Coordinator.TryRestoreShard(1, 2, settled, ref version, out _);

        Assert.Equal("Retire 0#1 T1, Restore 1#2 @0 below 0 lost []", script.Facts());
        Assert.Equal(0, settled.End); // the view of a round contains no ticket that was given for it
        Assert.Equal(2, script.Totals.SamplesRepeated);
        script.StartAll();
        Assert.Equal(slot.Slot, script.Lease(0).Slot);
    }

    [Fact]
    public void New_life_of_a_shard_is_told_again_which_tickets_to_refuse()
    {
        RunScript script = Committed(out _);
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, true, true);
        script.Coordinator.ShardLost(1, 1);
        long version = 0;
        script.Coordinator.TryRestoreShard(1, 2, new TicketSet(), ref version, out _);
        script.Commands();

        script.Coordinator.ShardStarted(1, 2, "b");

        Assert.Equal("Settle T0", script.Commands());
    }

    [Fact]
    public void Contribution_that_died_after_later_views_may_have_had_it_breaks_the_ledger()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 40);
        Round(script, 0);
        script.Lease(0); // opens round 1
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, true, true);
        script.Coordinator.ShardLost(1, 1);
        long version = 0;

        script.Coordinator.TryRestoreShard(1, 2, new TicketSet(), ref version, out _);

        Assert.Equal("Retire 0#1 T2, Break, Restore 1#2 @0 below 0 lost []", script.Facts());
    }

    [Fact]
    public void Worker_that_waits_for_its_round_is_given_the_earlier_slot_that_it_waits_for()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 40);
        Round(script, 0);
        Lease own = script.Lease(1);
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, false, true);

        Lease earlier = script.Lease(1);

        Assert.Equal((1L, 0L, 0), (own.Round, earlier.Round, earlier.Slot));
        Assert.Equal((1L, 1), (script.Lease(0).Round, script.Lease(0).Slot));
    }

    // Both slots of one round are computed, in order, and committed.
    private static void Round(RunScript script, int round)
    {
        Lease[] leases = [script.Lease(0), script.Lease(1)];
        for (int worker = 0; worker < 2; worker++)
        {
            script.Ticket(worker, leases[worker], sequence: round);
        }

        // The last one opens the next round, and holds its slot of it.
        for (int worker = 0; worker < 2; worker++)
        {
            script.Ask(worker, leases[worker].Id, out _);
        }
    }

    // Worker 0 has committed its slot of round 0, with ticket 0.
    private static RunScript Committed(out Lease slot)
    {
        RunScript script = RunScript.Running(RunPlan.Bsp, samples: 4);
        slot = script.Lease(0);
        script.Ticket(0, slot);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, slot.Id, out _));
        return script;
    }

    private static string Finished(RunScript script)
    {
        for (int i = 0; i < 3; i++)
        {
            script.Fenced(i, true, true);
        }

        return script.Facts();
    }
}
