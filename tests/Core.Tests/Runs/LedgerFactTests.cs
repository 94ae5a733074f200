using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Runs;

/// <summary>What the coordinator tells the ledger: every change of x that no row tells of.</summary>
public class LedgerFactTests
{
    [Fact]
    public void Ticket_that_no_shard_has_is_void()
    {
        RunScript script = Lost(out _);

        script.Fenced(0, false, false);

        Assert.Equal("Retire 0#1 T1, Void T0", script.Facts());
    }

    [Fact]
    public void Ticket_that_shards_have_although_its_worker_told_nobody_is_an_orphan()
    {
        RunScript script = Lost(out _);

        script.Fenced(0, true, false);
        script.Coordinator.TryNextFact(out _);
        Assert.True(script.Coordinator.TryNextFact(out LedgerFact orphan));

        Assert.Equal((LedgerFactKind.Orphan, 0L, 0, 1), (orphan.Kind, orphan.Ticket, orphan.Worker, orphan.Incarnation));
        Assert.Equal([true, false], orphan.Applied);
        Assert.Equal([4, 0], orphan.NormSquared);
        Assert.Equal((0.5, 1, 0L, 2), (orphan.Rate, orphan.SlotCount, orphan.RoundTicket, orphan.SampleCount));
        Assert.Equal("", script.Facts());
    }

    [Fact]
    public void Ticket_whose_worker_asked_for_the_next_has_a_row_and_is_no_orphan()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, batch: 0);
        Assert.True(script.Coordinator.TryHold(out _));
        Assert.Equal(-1, script.Ticket(0, lease, batch: 1));

        script.Coordinator.WorkerLost(0, 1);

        Assert.Equal("FenceWorker 0#2 T-1, StartWorker 0#2 on a", script.Commands());
        Assert.Equal("Retire 0#1 T1", script.Facts());
        Assert.Equal((lease.Start + 2, lease.End), (script.Lease(1).Start, script.Lease(0).End - 4));
    }

    [Fact]
    public void Slice_that_nobody_saw_is_as_long_as_the_whole_update_at_most()
    {
        RunScript script = Lost(out _, norm: 3);

        script.Coordinator.WorkerFenced(0, [FenceReport.Unseen, new FenceReport(true, 4, 0.5, 2)]);
        script.Coordinator.TryNextFact(out _);
        script.Coordinator.TryNextFact(out LedgerFact orphan);

        Assert.Equal([9, 4], orphan.NormSquared);
    }

    [Fact]
    public void Rate_that_nobody_saw_is_that_of_the_plan()
    {
        RunScript script = Lost(out _);

        script.Coordinator.WorkerFenced(0, [FenceReport.Unseen, default]);
        script.Coordinator.TryNextFact(out _);
        script.Coordinator.TryNextFact(out LedgerFact orphan);

        Assert.Equal(new RunPlan().RateOf(0, 1), orphan.Rate);
    }

    [Fact]
    public void Update_of_a_size_that_nobody_knows_breaks_the_ledger()
    {
        RunScript script = Lost(out _, norm: double.NaN);

        script.Coordinator.WorkerFenced(0, [FenceReport.Unseen, default]);

        Assert.Equal("Retire 0#1 T1, Break", script.Facts());
    }

    [Fact]
    public void Floor_of_an_orphans_view_is_what_was_closed_when_its_worker_took_the_ticket_before()
    {
        RunScript script = RunScript.Running();
        Lease first = script.Lease(0);
        Lease second = script.Lease(1);
        script.Ticket(0, first, 0);                        // 0
        script.Ticket(0, first, 1);                        // 1: closes 0
        script.Ticket(1, second, 0);                       // 2: 0 is closed
        script.Lease(0, first.Id);                         // closes 1
        script.Ticket(1, second, 1);                       // 3: its view was pulled after 2 was given

        script.Coordinator.WorkerLost(1, 1);
        script.Fenced(3, true, true);
        script.Coordinator.TryNextFact(out _);
        script.Coordinator.TryNextFact(out LedgerFact orphan);

        Assert.Equal((3L, 1L), (orphan.Ticket, orphan.ViewFloor));
    }

    [Fact]
    public void Restored_shard_tells_what_it_starts_with_and_what_is_lost()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Ticket(0, lease, 1);
        script.Coordinator.ShardLost(1, 1);
        long version = 0;

        Assert.True(script.Coordinator.TryRestoreShard(1, 2, new TicketSet(), ref version, out _));

        Assert.Equal("Restore 1#2 @0 below 1 lost [0]", script.Facts());
    }

    [Fact]
    public void Update_that_was_lost_already_is_not_lost_again()
    {
        RunScript script = RunScript.Running();
        Lease lease = script.Lease(0);
        script.Ticket(0, lease, 0);
        script.Ticket(0, lease, 1);
        long version = 0;
        script.Coordinator.ShardLost(1, 1);
        script.Coordinator.TryRestoreShard(1, 2, new TicketSet(), ref version, out _);
        script.Coordinator.ShardLost(1, 2);
        script.Facts();

        script.Coordinator.TryRestoreShard(1, 3, new TicketSet(), ref version, out _);

        Assert.Equal("Restore 1#3 @0 below 1 lost []", script.Facts());
    }

    [Fact]
    public void Partial_update_is_lost_where_it_was_applied_and_nowhere_else()
    {
        RunScript script = Lost(out _);
        script.Fenced(0, true, false);
        script.Coordinator.ShardLost(0, 1);
        script.Coordinator.ShardLost(1, 1);
        script.Facts();
        long version = 0;

        script.Coordinator.TryRestoreShard(0, 2, new TicketSet(), ref version, out _);
        script.Coordinator.TryRestoreShard(1, 2, new TicketSet(), ref version, out _);

        Assert.Equal("Restore 0#2 @0 below 1 lost [0], Restore 1#2 @0 below 1 lost []", script.Facts());
    }

    [Fact]
    public void Life_that_never_asked_for_anything_is_not_retired()
    {
        RunScript script = RunScript.Running();

        script.Coordinator.WorkerLost(1, 1);

        Assert.Equal("", script.Facts());
    }

    // Worker 0 is lost with ticket 0 open.
    private static RunScript Lost(out Lease lease, double norm = 1)
    {
        RunScript script = RunScript.Running();
        lease = script.Lease(0);
        script.AskTicket(0, lease, out _, norm: norm);
        script.Coordinator.WorkerLost(0, 1);
        return script;
    }
}
