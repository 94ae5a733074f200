using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Shards;

public class RoundTests
{
    private const int Slots = 4;

    // Values whose sum depends on the order of additions in f32.
    private static readonly float[] Values = [1e8f, 1f, -1e8f, 0.3f];

    [Fact]
    public void Contributions_are_applied_in_slot_order_whatever_the_order_of_arrival() =>
        Prop.ForAll(Gen.Shuffle(Enumerable.Range(0, Slots).ToArray()).ToArbitrary(), order => Result(order) == InSlotOrder())
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Sum_in_order_of_arrival_is_caught() => Assert.NotEqual(InSlotOrder(), Sum([2, 3, 1, 0]));

    [Fact]
    public void Round_is_one_version_and_waits_for_all_its_slots()
    {
        var shard = new ParameterShard(0, 1, [0f]);

        Assert.Equal(PushOutcomeKind.Pending, shard.Push(Contribution(1)).Kind);
        Assert.Equal(PushOutcomeKind.Pending, shard.Push(Contribution(0)).Kind);
        Assert.Equal(PushOutcomeKind.Pending, shard.Push(Contribution(3)).Kind);
        Assert.Equal((0f, 0L, 0L), (shard.Parameters[0], shard.Version, shard.Settled.End));
        Assert.Equal(new PushOutcome(PushOutcomeKind.Applied, 0, 1), shard.Push(Contribution(2)));
        Assert.Equal(Slots, shard.Settled.Watermark);
    }

    [Fact]
    public void Repeated_contribution_is_not_settled_before_its_round_is_applied()
    {
        var shard = new ParameterShard(0, 1, [0f]);
        shard.Push(Contribution(1));

        // A life restored from a view of now must take the contribution when it is offered again.
        Assert.Equal(PushOutcomeKind.Pending, shard.Push(Contribution(1)).Kind);
        Assert.Equal(0, shard.Settled.End);
    }

    [Fact]
    public void Slot_leased_twice_counts_once_and_its_second_ticket_is_settled_with_the_round()
    {
        var shard = new ParameterShard(0, 1, [0f]);
        shard.Push(Contribution(0));
        byte[] second = Contribution(0, ticket: 4, worker: 9);

        Assert.Equal(PushOutcomeKind.Pending, shard.Push(second).Kind);
        Assert.Equal(0, shard.Settled.End);
        shard.Push(Contribution(2));
        shard.Push(Contribution(1));
        shard.Push(Contribution(3));

        Assert.Equal(InSlotOrder(), shard.Parameters[0]);
        Assert.Equal(5, shard.Settled.Watermark);
        Assert.Equal(PushOutcomeKind.Duplicate, shard.Push(second).Kind);
    }

    [Fact]
    public void Contribution_to_a_finished_round_is_void_and_settled()
    {
        var shard = new ParameterShard(0, 1, [7f], version: 3);

        Assert.Equal(PushOutcomeKind.Duplicate, shard.Push(Contribution(0)).Kind);
        Assert.Equal((7f, 3L, 1L), (shard.Parameters[0], shard.Version, shard.Settled.Watermark));
    }

    [Fact]
    public void Contribution_to_a_later_round_is_to_come_again_and_changes_nothing()
    {
        var shard = new ParameterShard(0, 1, [7f]);

        PushOutcome outcome = shard.Push(Contribution(0, round: 1));

        Assert.Equal((PushOutcomeKind.RoundAhead, false), (outcome.Kind, outcome.IsSettled));
        Assert.Equal(0, shard.Settled.End);
    }

    [Fact]
    public void Worker_may_push_an_older_round_after_a_newer_one()
    {
        // It took over a slot of round 0 when it had pushed its own of round 1 to a life of the shard that died.
        var shard = new ParameterShard(0, 2, [0f]);
        PushHeader header = Pushes.Header with { SlotCount = 1 };

        shard.Push(Pushes.Dense(header with { Round = 0, Sequence = 6, Ticket = 6 }, 1f));
        PushOutcome outcome = shard.Push(Pushes.Dense(header with { Round = 1, Sequence = 5, Ticket = 5 }, 1f));

        Assert.Equal(new PushOutcome(PushOutcomeKind.Applied, 0, 2), outcome);
    }

    [Fact]
    public void Contributions_that_disagree_about_the_slots_are_damage_and_change_nothing()
    {
        var shard = new ParameterShard(0, 1, [0f]);
        shard.Push(Contribution(3));
        byte[] other = Pushes.Dense(Pushes.Header with { Round = 0, Slot = 0, SlotCount = 1, Ticket = 9, Worker = 1 }, 1f);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => shard.Push(other));

        Assert.Contains("has 1 slots, but an earlier one said 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, shard.Version);
    }

    [Fact]
    public void Sparse_contributions_that_share_coordinates_travel_in_one_view()
    {
        var shard = new ParameterShard(0, 1, new float[1000]);
        PushHeader header = Pushes.Header with { Round = 0, SlotCount = 2 };
        shard.Push(Pushes.Sparse(header with { Slot = 0 }, 1000, (3, 1f), (8, 1f)));
        shard.Push(Pushes.Sparse(header with { Slot = 1, Worker = 1, Ticket = 1 }, 1000, (3, 1f), (5, 1f)));
        byte[] frame = new byte[shard.ViewSizeMax];

        int size = shard.WriteView(0, 1, default, frame);
        ViewHeader view = ViewFrame.ReadHeader(frame.AsSpan(0, size));
        ReadOnlySpan<byte> payload = ViewFrame.Payload(frame.AsSpan(0, size), view);
        FramePayload.Validate(view.Kind, payload, view.EntryCount, view.Length);

        Assert.Equal([3u, 5u, 8u], FramePayload.Indices(payload, view.EntryCount).ToArray());
    }

    [Fact]
    public void Fence_tells_what_is_kept_or_applied_from_what_came_too_late()
    {
        var shard = new ParameterShard(0, 1, [0f]);
        shard.Push(Contribution(0));
        shard.Push(Contribution(0, ticket: 4, worker: 9));
        Assert.True(shard.Fence(-1, 0, openTicket: 0, round: 0).HadApplied);
        Assert.False(shard.Fence(-1, 0, openTicket: 4, round: 0).HadApplied);

        shard.Push(Contribution(1));
        shard.Push(Contribution(2));
        shard.Push(Contribution(3));

        Assert.True(shard.Fence(-1, 0, openTicket: 0, round: 0).HadApplied);
        Assert.False(shard.Fence(-1, 0, openTicket: 4, round: 0).HadApplied);
        Assert.Equal(5, shard.Settled.Watermark);
    }

    [Fact]
    public void Refused_ticket_stays_out_and_is_settled_with_its_round()
    {
        // The view of a round contains no ticket that was given for it, so none is settled before.
        var shard = new ParameterShard(0, 1, [0f]);
        shard.Push(Contribution(1));
        Assert.False(shard.Fence(-1, 0, openTicket: 0, round: 0).HadApplied);

        Assert.Equal(PushOutcomeKind.Duplicate, shard.Push(Contribution(0)).Kind);
        Assert.Equal(0, shard.Settled.End);
        shard.Push(Contribution(0, ticket: 4, worker: 7));
        shard.Push(Contribution(2));
        Assert.Equal(PushOutcomeKind.Applied, shard.Push(Contribution(3)).Kind);

        Assert.Equal(InSlotOrder(), shard.Parameters[0]);
        Assert.Equal(5, shard.Settled.Watermark);
        Assert.True(shard.Fence(-1, 0, openTicket: 4, round: 0).HadApplied);
        Assert.False(shard.Fence(-1, 0, openTicket: 0, round: 0).HadApplied);
    }

    [Fact]
    public void Refusal_of_a_round_to_come_waits_for_that_round()
    {
        var shard = new ParameterShard(0, 1, [0f]);
        PushHeader header = Pushes.Header with { SlotCount = 1 };
        shard.Fence(-1, 0, openTicket: 1, round: 1);

        shard.Push(Pushes.Dense(header with { Round = 0 }, 1f));
        Assert.Equal(1, shard.Settled.End);
        shard.Push(Pushes.Dense(header with { Round = 1, Ticket = 2, Sequence = 1 }, 1f));

        Assert.Equal(3, shard.Settled.Watermark);
    }

    private static byte[] Contribution(int slot, long round = 0, long ticket = -1, int worker = -1) => Pushes.Dense(
        Pushes.Header with
        {
            Worker = worker < 0 ? slot : worker,
            Ticket = ticket < 0 ? slot : ticket,
            Round = round,
            Slot = slot,
            SlotCount = Slots,
        },
        Values[slot]);

    private static float Result(int[] order)
    {
        var shard = new ParameterShard(0, 1, [0f]);
        foreach (int slot in order)
        {
            shard.Push(Contribution(slot));
        }

        return shard.Parameters[0];
    }

    private static float InSlotOrder() => Sum([0, 1, 2, 3]);

    private static float Sum(int[] order)
    {
        float sum = 0;
        foreach (int slot in order)
        {
            sum -= Values[slot];
        }

        return sum;
    }
}
