using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Shards;

/// <summary>A fence that brings the update along: the shard takes it if it lacks it, whatever life of the worker it is from.</summary>
public class CompletedUpdateTests
{
    private static readonly byte[] Frame = Pushes.Dense(Pushes.Header with { NormSquared = 2, Rate = 0.5f }, 1f, 1f);

    [Fact]
    public void Shard_that_lacks_the_update_takes_it_once()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);

        Assert.True(shard.Fence(0, 2, openTicket: 0, frame: Frame).HadApplied);
        Assert.True(shard.Fence(0, 2, openTicket: 0, frame: Frame).HadApplied);

        Assert.Equal([0f, 1f], shard.Parameters.ToArray());
        Assert.Equal(1, shard.Settled.Watermark);
        Assert.Equal(PushOutcomeKind.Fenced, shard.Push(Frame).Kind);
    }

    [Fact]
    public void Shard_that_has_it_keeps_it_as_it_is()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);
        shard.Push(Frame);

        Assert.True(shard.Fence(0, 2, openTicket: 0, frame: Frame).HadApplied);

        Assert.Equal([0f, 1f], shard.Parameters.ToArray());
    }

    [Fact]
    public void Fence_does_not_keep_out_what_a_later_one_brings()
    {
        var shard = new ParameterShard(0, 2, [1f, 2f]);
        shard.Fence(0, 2, openTicket: -1);

        Assert.True(shard.Fence(0, 2, openTicket: 0, frame: Frame).HadApplied);
        Assert.Equal([0f, 1f], shard.Parameters.ToArray());
    }

    [Fact]
    public void Ticket_that_was_settled_without_it_stays_void()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);
        shard.Fence(-1, 0, openTicket: 0);

        shard.Fence(-1, 0, openTicket: 0, frame: Frame);

        Assert.Equal([1f, 2f], shard.Parameters.ToArray());
    }

    [Fact]
    public void Round_takes_the_slot_of_a_lost_worker_and_is_complete()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);
        PushHeader header = Pushes.Header with { Round = 0, SlotCount = 2 };
        shard.Push(Pushes.Dense(header with { Slot = 1, Worker = 1, Ticket = 1 }, 2f, 2f));

        FenceReport report = shard.Fence(-1, 0, openTicket: 0, round: 0, Pushes.Dense(header, 1f, 1f));

        Assert.True(report.HadApplied);
        Assert.Equal((1, 2), (shard.Version, shard.Settled.Watermark));
        Assert.Equal([-2f, -1f], shard.Parameters.ToArray());
    }

    [Fact]
    public void Slot_that_is_filled_by_another_update_stays_so()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);
        PushHeader header = Pushes.Header with { Round = 0, SlotCount = 2 };
        shard.Push(Pushes.Dense(header with { Worker = 1, Ticket = 5 }, 2f, 2f));

        Assert.False(shard.Fence(-1, 0, openTicket: 0, round: 0, Pushes.Dense(header, 1f, 1f)).HadApplied);
    }

    [Fact]
    public void Round_that_is_still_to_come_is_asked_for_again()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);
        PushHeader header = Pushes.Header with { Round = 1, SlotCount = 1, Ticket = 1 };

        FenceReport report = shard.Fence(-1, 0, openTicket: 1, round: 1, Pushes.Dense(header, 1f, 1f));

        Assert.True(report.IsEarly);
        shard.Push(Pushes.Dense(header with { Round = 0, Ticket = 0 }, 1f, 1f));
        Assert.True(shard.Fence(-1, 0, openTicket: 1, round: 1, Pushes.Dense(header, 1f, 1f)).HadApplied);
        Assert.Equal([-1f, 0f], shard.Parameters.ToArray());
    }

    [Fact]
    public void Frame_of_another_ticket_is_damage_and_changes_nothing()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);

        Assert.Throws<InvalidDataException>(() => shard.Fence(0, 2, openTicket: 3, frame: Frame));

        Assert.Equal((0, 0), (shard.Version, shard.Settled.End));
    }
}
