using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

public class LeaseTableTests
{
    [Fact]
    public void Ranges_are_given_in_order_and_the_last_is_shorter()
    {
        var table = LeaseTable.Asynchronous(samples: 10, epochs: 2, batch: 2, batchesPerLease: 2);

        Assert.Equal([(0, 0, 4), (0, 4, 8), (0, 8, 10), (1, 0, 4)], Take(table, 4).Select(lease => (lease.Epoch, lease.Start, lease.End)));
    }

    [Fact]
    public void Returned_part_goes_to_whoever_asks_next()
    {
        var table = LeaseTable.Asynchronous(10, 1, 2, 2);
        Lease[] leases = Take(table, 2);

        Assert.True(table.Return(leases[0].Id, usedEnd: 2));
        table.Ask(7, out Lease next);

        Assert.Equal((2, 4, 2L), (next.Start, next.End, table.SamplesUsed));
        Assert.False(table.Commit(leases[0].Id, 0));
        Assert.False(table.Return(leases[0].Id, 2));
    }

    [Fact]
    public void Split_lease_gives_its_rest_away_and_waits_for_the_verdict_on_the_first_part()
    {
        var table = LeaseTable.Asynchronous(8, 1, 2, 4);
        Lease lease = Take(table, 1)[0];

        table.Split(lease.Id, heldEnd: 4);
        table.Ask(1, out Lease rest);
        Assert.Equal((4, 8), (rest.Start, rest.End));
        Assert.Null(table.HeldBy(0));
        Assert.Equal(LeaseVerdict.Wait, table.Ask(2, out _));

        table.Return(lease.Id, usedEnd: 2);
        table.Ask(2, out Lease open);
        Assert.Equal((2, 4), (open.Start, open.End));
    }

    [Fact]
    public void Return_outside_the_lease_is_a_bug_of_the_caller_and_changes_nothing()
    {
        var table = LeaseTable.Asynchronous(10, 1, 2, 2);
        Lease[] leases = Take(table, 2);

        Assert.Throws<ArgumentOutOfRangeException>(() => table.Return(leases[1].Id, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Return(leases[1].Id, 9));
        Assert.True(table.Commit(leases[1].Id, 1));
    }

    [Fact]
    public void Worker_that_holds_a_lease_cannot_ask()
    {
        var table = LeaseTable.Asynchronous(10, 1, 2, 2);
        Take(table, 1);

        Assert.Throws<InvalidOperationException>(() => table.Ask(0, out _));
    }

    [Fact]
    public void Next_round_opens_when_every_slot_of_the_present_one_is_committed()
    {
        var table = LeaseTable.Synchronous(samples: 12, epochs: 1, batch: 2, slots: 2);
        Lease[] round = Take(table, 2);
        Assert.Equal(LeaseVerdict.Wait, table.Ask(2, out _));

        table.Commit(round[0].Id, 0);
        Assert.Equal(LeaseVerdict.Wait, table.Ask(0, out _));
        table.Commit(round[1].Id, 1);
        table.Ask(0, out Lease next);

        Assert.Equal((1L, 0, 2), (next.Round, next.Slot, next.SlotCount));
        Assert.Equal(2, table.RoundsOpened);
    }

    [Fact]
    public void Last_round_of_an_epoch_has_the_slots_that_are_left()
    {
        // 9 samples in batches of 2 are 5 batches: rounds of 3 and 2.
        var table = LeaseTable.Synchronous(9, 2, 2, 3);
        var leases = new List<Lease>();
        for (int i = 0; !table.IsFinished; i++)
        {
            if (table.Ask(i % 3, out Lease lease) == LeaseVerdict.Granted)
            {
                leases.Add(lease);
                table.Commit(lease.Id, i % 3);
            }
        }

        Assert.Equal([3, 3, 3, 2, 2, 3, 3, 3, 2, 2], leases.Select(lease => lease.SlotCount));
        Assert.Equal([0, 0, 0, 1, 1, 2, 2, 2, 3, 3], leases.Select(lease => (int)lease.Round));
        Assert.Equal([2, 2, 2, 2, 1], leases.Take(5).Select(lease => lease.Length));
        Assert.Equal([3, 2, 3, 2], Enumerable.Range(0, 4).Select(round => table.SlotsOf(round)));
    }

    [Fact]
    public void Slot_of_a_round_belongs_to_the_worker_of_its_number()
    {
        var table = LeaseTable.Synchronous(20, 1, 2, 3);

        table.Ask(2, out Lease last);
        table.Ask(0, out Lease first);

        Assert.Equal((2, 4, 6), (last.Slot, last.Start, last.End));
        Assert.Equal((0, 0, 2), (first.Slot, first.Start, first.End));
    }

    [Fact]
    public void Reopened_slots_are_given_again_the_oldest_round_first()
    {
        var table = LeaseTable.Synchronous(20, 1, 2, 2);
        CommitRound(table);
        CommitRound(table);
        Lease[] open = Take(table, 2); // round 2
        table.Return(open[0].Id, open[0].Start);

        int samples = table.ReopenSlot(round: 1, slot: 0);
        table.Ask(0, out Lease first);
        table.Ask(2, out Lease second);

        Assert.Equal(2, samples);
        Assert.Equal((1L, 0), (first.Round, first.Slot));
        Assert.Equal((2L, 0), (second.Round, second.Slot));
        Assert.Equal(-1, table.ReopenSlot(round: 2, slot: 1));
        Assert.Equal(6, table.SamplesUsed);
    }

    [Fact]
    public void Reopened_last_slot_reopens_the_run()
    {
        var table = LeaseTable.Synchronous(4, 1, 2, 2);
        CommitRound(table);
        Assert.True(table.IsFinished);

        table.ReopenSlot(0, 1);

        Assert.False(table.IsFinished);
        Assert.Equal(LeaseVerdict.Granted, table.Ask(0, out Lease lease));
        table.Commit(lease.Id, 0);
        Assert.Equal(LeaseVerdict.Finished, table.Ask(0, out _));
    }

    [Fact]
    public void Largest_plan_does_not_overflow()
    {
        var table = LeaseTable.Asynchronous(int.MaxValue, 1, 1_000_000, 10_000);

        Assert.Equal(int.MaxValue, Take(table, 1)[0].End);
    }

    private static void CommitRound(LeaseTable table)
    {
        foreach ((Lease lease, int worker) in Take(table, 2).Zip(Enumerable.Range(0, 2)))
        {
            Assert.True(table.Commit(lease.Id, worker));
        }
    }

    // One lease for each of workers 0, 1, …
    private static Lease[] Take(LeaseTable table, int count)
    {
        var leases = new Lease[count];
        for (int worker = 0; worker < count; worker++)
        {
            Assert.Equal(LeaseVerdict.Granted, table.Ask(worker, out leases[worker]));
        }

        return leases;
    }
}
