using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Keeping;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Tests.Shards;

namespace OrleansSgd.Core.Tests.Keeping;

public class UpdateKeeperTests
{
    [Fact]
    public void Updates_are_kept_until_they_are_safe()
    {
        var keeper = new UpdateKeeper();
        Assert.True(keeper.Keep(Update(4), safe: 0));
        Assert.True(keeper.Keep(Update(6), safe: 4));
        Assert.Equal(2, keeper.Count);

        Assert.True(keeper.Keep(Update(9), safe: 6));

        Assert.Null(keeper.Close(4, 0));
        Assert.Equal(6, keeper.Close(6, 0)!.Ticket);
        Assert.Equal(Update(6).Size + Update(9).Size, keeper.Size);
    }

    [Fact]
    public void Update_that_comes_twice_is_one()
    {
        var keeper = new UpdateKeeper();
        keeper.Keep(Update(4), safe: 0);
        keeper.Keep(Update(4), safe: 0);

        Assert.Equal((1, Update(4).Size), (keeper.Count, keeper.Size));
    }

    [Fact]
    public void Update_that_is_safe_already_is_not_taken_up_again()
    {
        var keeper = new UpdateKeeper();
        keeper.Keep(Update(9), safe: 6);

        Assert.True(keeper.Keep(Update(4), safe: 0)); // overtaken on its way

        Assert.Equal(1, keeper.Count);
    }

    [Fact]
    public void Life_that_is_over_hands_nothing_in_after_it_was_asked_about()
    {
        var keeper = new UpdateKeeper();
        Assert.Null(keeper.Close(4, incarnationMin: 2));

        Assert.False(keeper.Keep(Update(4), safe: 0));

        Assert.Null(keeper.Close(4, incarnationMin: 2));
        Assert.True(keeper.Keep(Update(5, incarnation: 2), safe: 0));
    }

    [Fact]
    public void Replayed_shard_is_the_one_that_died()
    {
        Prop.ForAll(
            (from order in Gen.Shuffle(Enumerable.Range(0, 12).ToArray())
             from seen in Gen.Choose(0, 12)
             select (Order: order.ToArray(), Seen: seen)).ToArbitrary(),
            run =>
            {
                var dead = new ParameterShard(0, 1, [1f, 2f]);
                (float[] Slice, long Version) view = ([1f, 2f], 0);
                var settled = new TicketSet();
                foreach ((int ticket, int i) in run.Order.Select((ticket, i) => (ticket, i)))
                {
                    dead.Push(Frame(ticket).Span);
                    if (i + 1 == run.Seen)
                    {
                        view = (dead.Parameters.ToArray(), dead.Version);
                        settled.CopyFrom(dead.Settled);
                    }
                }

                var next = new ParameterShard(0, 2, view.Slice, view.Version, settled);
                int replayed = UpdateKeeper.Replay(next, run.Order.Concat(run.Order).Select(i => Frame(i)), _ => true);
                return replayed == 12 - run.Seen && next.Version == 12 && next.Settled.Watermark == 12
                    && next.Parameters.SequenceEqual(dead.Parameters); // sums of small integers are exact in any order
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void What_was_declared_gone_is_not_replayed()
    {
        var next = new ParameterShard(0, 2, [0f, 0f]);

        int replayed = UpdateKeeper.Replay(next, [Frame(0), Frame(1)], ticket => ticket != 0);

        Assert.Equal((1, 0L, 2L), (replayed, next.Settled.Watermark, next.Settled.End));
    }

    [Fact]
    public void Values_that_lie_beside_a_frame_are_in_its_copy()
    {
        byte[] frame = Pushes.Scaled(Pushes.Header with { Ticket = 4 }, 0.5f, 1, 2);
        var keeper = new UpdateKeeper();
        keeper.Keep(
            new KeptUpdate(1, 4, [frame.AsMemory(0, PushFrame.ScaledHeadSize)], new byte[10]) { Values = [frame.AsMemory(PushFrame.ScaledHeadSize)] }, safe: 0);

        ReadOnlyMemory<byte> copy = Assert.Single(keeper.FramesOf(0, 0));
        Assert.Equal(frame, copy.ToArray());
        Assert.Equal(frame.Length + 10, keeper.Size);
        frame.AsSpan().Clear(); // the worker uses its memory again
        var shard = new ParameterShard(0, 2, [1f, 1f], settled: Settled(4));
        Assert.Equal(1, UpdateKeeper.Replay(shard, [copy], _ => true));
        Assert.Equal([0.5f, 0f], shard.Parameters.ToArray());
    }

    private static TicketSet Settled(long below)
    {
        var settled = new TicketSet();
        settled.Load(below, []);
        return settled;
    }

    private static KeptUpdate Update(long ticket, int incarnation = 1) =>
        new(incarnation, ticket, [Frame((int)ticket), Frame((int)ticket)], new byte[10]);

    private static ReadOnlyMemory<byte> Frame(int ticket) =>
        Pushes.Dense(Pushes.Header with { Worker = ticket, Ticket = ticket }, ticket, -ticket);
}
