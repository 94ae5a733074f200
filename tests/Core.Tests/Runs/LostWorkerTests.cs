using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Runs;

public class LostWorkerTests
{
    [Fact]
    public void Lease_without_a_ticket_is_returned_whole_at_once()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);

        script.Coordinator.WorkerLost(0, 1);

        Assert.Equal("FenceWorker 0#2 T-1, StartWorker 0#2 on a", script.Commands());
        Assert.Equal((lease.Start, lease.End), Range(script.Lease(1)));
    }

    [Fact]
    public void Open_ticket_is_in_doubt_and_its_batch_waits_while_the_rest_is_returned()
    {
        (RunScript script, Lease lease, _) = Doubtful(batches: 1);

        Assert.Equal("FenceWorker 0#2 T0, StartWorker 0#2 on a", script.Commands());
        Assert.Equal((lease.Start + 2, lease.End), Range(script.Lease(1)));
        Assert.Equal(0, script.Totals.SamplesUsed);
    }

    [Fact]
    public void Ticket_that_no_shard_has_is_void_and_its_batch_is_given_again()
    {
        (RunScript script, Lease lease, long ticket) = Doubtful(batches: 2);
        script.Commands();

        script.Fenced(ticket, false, false);

        Assert.Equal("Settle T1", script.Commands());
        Assert.Equal((1L, 0L, 2L), (script.Totals.TicketsVoid, script.Totals.UpdatesPartial, script.Totals.SamplesUsed));
        Assert.Equal((lease.Start + 2, lease.End), Range(script.Lease(1)));
    }

    [Fact]
    public void Ticket_that_some_shards_have_is_partial_and_its_batch_counts_as_used()
    {
        (RunScript script, _, long ticket) = Doubtful(batches: 2);
        script.Commands();

        script.Fenced(ticket, true, false);

        Assert.Equal("Settle T1", script.Commands());
        Assert.Equal((0L, 1L, 4L), (script.Totals.TicketsVoid, script.Totals.UpdatesPartial, script.Totals.SamplesUsed));
    }

    [Fact]
    public void Ticket_that_all_shards_have_is_an_update_like_any_other()
    {
        (RunScript script, _, long ticket) = Doubtful(batches: 2);
        script.Commands();

        script.Fenced(ticket, true, true);
        script.Fenced(ticket, false, false);

        Assert.Equal("", script.Commands());
        Assert.Equal((0L, 0L, 4L), (script.Totals.TicketsVoid, script.Totals.UpdatesPartial, script.Totals.SamplesUsed));
    }

    [Fact]
    public void Run_does_not_finish_while_a_ticket_is_in_doubt_or_being_settled()
    {
        RunScript script = RunScript.Running(samples: 4);
        script.Ticket(0, script.Lease(0), 1);
        script.Coordinator.WorkerLost(0, 1);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(1, -1, out _));
        Assert.Equal("FenceWorker 0#2 T0, StartWorker 0#2 on a", script.Commands());

        script.Fenced(0, true, false);
        Assert.Equal("Settle T0", script.Commands());
        script.Fenced(0, true, true);

        Assert.Equal("Finish", script.Commands());
    }

    [Fact]
    public void Shard_that_dies_while_a_ticket_is_in_doubt_is_asked_again_and_the_lower_count_holds()
    {
        (RunScript script, _, long ticket) = Doubtful(batches: 1);
        script.Coordinator.ShardLost(1, 1);
        script.Commands();
        var settled = new TicketSet();
        long version = 0;
        Assert.True(script.Coordinator.TryRestoreShard(1, 2, settled, ref version, out int gone));
        Assert.Equal((0, false), (gone, settled.Contains(ticket)));

        // The first fence had met the old life of the shard, which had the ticket.
        script.Fenced(ticket, true, true);
        Assert.Equal(0, script.Totals.SamplesUsed);
        script.Coordinator.ShardStarted(1, 2, "b");
        Assert.Equal($"FenceWorker 0#2 T{ticket}", script.Commands());
        script.Fenced(ticket, true, false);

        Assert.Equal(1, script.Totals.UpdatesPartial);
        Assert.Equal(2, script.Totals.SamplesUsed);
    }

    [Fact]
    public void Lost_worker_of_a_round_has_its_slots_computed_again_and_its_tickets_settled()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp);
        Lease lease = script.Lease(0);
        script.Ticket(0, lease);
        Assert.Equal(LeaseVerdict.Wait, script.Ask(0, lease.Id, out _));

        script.Coordinator.WorkerLost(0, 1);

        Assert.Equal("FenceWorker 0#2 T-1, Settle T0, StartWorker 0#2 on a", script.Commands());
        script.Fenced(0, true, false);
        Assert.Equal(2, script.Totals.SamplesRepeated);
        Lease again = script.Lease(0);
        Assert.Equal((lease.Round, lease.Slot, lease.Start), (again.Round, again.Slot, again.Start));
    }

    [Fact]
    public void Totals_only_grow_although_slots_are_reopened()
    {
        RunScript script = RunScript.Running(RunPlan.Bsp);
        Lease lease = script.Lease(0);
        script.Ticket(0, lease);
        script.Ask(0, lease.Id, out _);
        script.Coordinator.WorkerLost(0, 1);
        script.Fenced(0, false, false);

        Lease other = script.Lease(1);
        script.Ask(1, other.Id, out _);

        Assert.Equal(2, script.Totals.SamplesUsed);
    }

    // Worker 0 is lost with the ticket of its n-th batch open.
    private static (RunScript Script, Lease Lease, long Ticket) Doubtful(int batches)
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        long ticket = -1;
        for (int batch = 0; batch < batches; batch++)
        {
            ticket = script.Ticket(0, lease, batch);
        }

        script.Coordinator.WorkerLost(0, 1);
        return (script, lease, ticket);
    }

    private static (int Start, int End) Range(in Lease lease) => (lease.Start, lease.End);
}
