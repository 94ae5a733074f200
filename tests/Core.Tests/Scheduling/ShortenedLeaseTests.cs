using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

public class ShortenedLeaseTests
{
    [Fact]
    public void A_slow_worker_keeps_the_batch_it_has_begun_and_the_rest_goes_to_whoever_asks_next()
    {
        var table = LeaseTable.Asynchronous(16, 1, 2, 8);
        table.Ask(0, out Lease lease);

        Assert.True(table.IsTail);
        Assert.True(table.TryShorten(0, usedEnd: 4));
        table.Ask(1, out Lease rest);

        Assert.Equal((6, 6, 16), (table.HeldBy(0)!.Value.End, rest.Start, rest.End));
        Assert.Equal((6, 0), (table.ShortenedEndOf(0), table.ShortenedEndOf(1)));
        Assert.True(table.Commit(lease.Id, 0) && table.Commit(rest.Id, 1));
        Assert.True(table.IsFinished);
        Assert.Equal(16, table.Account.Of(0, isOver: true).Once);
    }

    [Fact]
    public void Nothing_is_taken_from_an_epoch_that_still_has_ranges_or_from_a_last_batch()
    {
        var table = LeaseTable.Asynchronous(20, 1, 2, 8);
        table.Ask(0, out Lease first);
        Assert.False(table.IsTail);
        Assert.False(table.TryShorten(0, first.Start)); // the epoch has more to give

        table.Ask(1, out Lease second);
        Assert.False(table.TryShorten(0, usedEnd: 14)); // the last batch is begun
        Assert.True(table.TryShorten(1, second.Start));
        Assert.False(table.TryShorten(1, second.Start)); // not twice
        Assert.False(table.TryShorten(2, 0)); // it holds nothing
        Assert.False(table.IsTail); // the rest waits for somebody
    }

    [Fact]
    public void Slots_and_flushes_are_not_shortened()
    {
        var rounds = LeaseTable.Synchronous(8, 1, 4, 2);
        rounds.Ask(0, out Lease slot);
        Assert.False(rounds.TryShorten(0, slot.Start));
        Assert.False(rounds.IsTail);

        var flushing = LeaseTable.Asynchronous(2, 1, 2, 1, flushes: 1);
        flushing.Ask(0, out Lease last);
        flushing.Commit(last.Id, 0);
        flushing.Ask(0, out Lease flush);
        Assert.True(flush.IsFlush);
        Assert.False(flushing.TryShorten(0, flush.Start));
    }

    [Fact]
    public void A_lease_has_as_many_batches_as_are_asked_for_also_when_it_is_what_came_back()
    {
        var table = LeaseTable.Asynchronous(32, 1, 2, 8);
        table.Ask(0, mayOpenRound: true, out Lease few, batchesMax: 3);
        table.Ask(1, mayOpenRound: true, out Lease many, batchesMax: 100);
        Assert.Equal((6, 16), (few.Length, many.Length));

        table.Return(many.Id);
        table.Ask(2, mayOpenRound: true, out Lease part, batchesMax: 1);
        table.Ask(3, out Lease rest);

        Assert.Equal((6, 8, 8, 22), (part.Start, part.End, rest.Start, rest.End));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Ask(4, true, out _, batchesMax: 0));
    }
}
