using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Core.Tests.Shards;

public class ParameterShardTests
{
    private static readonly PushHeader Next = Pushes.Header with { Sequence = 1, Ticket = 1 };

    [Fact]
    public void Push_is_subtracted_and_makes_a_version()
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);

        PushOutcome outcome = shard.Push(Pushes.Dense(Pushes.Header, 0.5f, -1f));

        Assert.Equal(new PushOutcome(PushOutcomeKind.Applied, 0, 1), outcome);
        Assert.Equal([0.5f, 3f], shard.Parameters.ToArray());
        Assert.True(shard.Settled.Contains(0));
    }

    [Fact]
    public void Delay_counts_the_updates_since_the_view()
    {
        var shard = new ParameterShard(0, 1, [0f]);
        for (int worker = 0; worker < 3; worker++)
        {
            shard.Push(Pushes.Dense(Pushes.Header with { Worker = worker, Ticket = worker }, 1f));
        }

        PushOutcome outcome = shard.Push(Pushes.Dense(Pushes.Header with { Worker = 3, Ticket = 3, ViewVersion = 1 }, 1f));

        Assert.Equal("applied as version 4, delay 2", outcome.ToString());
    }

    [Fact]
    public void Repeated_push_is_ignored_by_worker_and_sequence_even_with_another_ticket()
    {
        ParameterShard shard = Pushed(Pushes.Dense(Pushes.Header, 1f, 1f));

        AssertIgnored(shard, Pushes.Dense(Pushes.Header, 1f, 1f), PushOutcomeKind.Duplicate);
        AssertIgnored(shard, Pushes.Dense(Pushes.Header with { Ticket = 9 }, 1f, 1f), PushOutcomeKind.Duplicate);
    }

    [Fact]
    public void Repeated_push_is_ignored_by_its_ticket_when_the_shard_knows_nothing_of_the_worker()
    {
        var settled = new TicketSet();
        settled.Add(5);
        var shard = new ParameterShard(0, 2, [1f, 1f], version: 1, settled);

        AssertIgnored(shard, Pushes.Dense(Pushes.Header with { Ticket = 5 }, 1f, 1f), PushOutcomeKind.Duplicate);
    }

    [Fact]
    public void Settled_tickets_are_copied_not_shared()
    {
        var settled = new TicketSet();
        var shard = new ParameterShard(0, 2, [1f, 1f], version: 1, settled);
        settled.Add(0);

        Assert.Equal(PushOutcomeKind.Applied, shard.Push(Pushes.Dense(Pushes.Header, 1f, 1f)).Kind);
    }

    [Fact]
    public void Earlier_life_of_a_worker_is_refused_once_a_later_one_has_pushed()
    {
        ParameterShard shard = Pushed(Pushes.Dense(Pushes.Header with { Incarnation = 2 }, 1f, 1f));

        AssertIgnored(shard, Pushes.Dense(Next, 1f, 1f), PushOutcomeKind.Fenced);
    }

    [Fact]
    public void Fenced_life_is_refused_and_the_answer_about_its_ticket_is_repeated()
    {
        ParameterShard shard = Pushed(
            Pushes.Dense(Pushes.Header with { NormSquared = 5, Rate = 0.5f, SampleCount = 3 }, 1f, 1f));

        var applied = new FenceReport(true, 5, 0.5, 3);
        Assert.Equal(applied, shard.Fence(0, 2, openTicket: 0));
        Assert.Equal(applied, shard.Fence(0, 2, openTicket: 0));
        Assert.Equal(default, shard.Fence(0, 2, openTicket: 1));
        Assert.Equal(default, shard.Fence(0, 2, openTicket: 1));
        Assert.Equal(default, shard.Fence(0, 2, openTicket: -1));
        AssertIgnored(shard, Pushes.Dense(Next, 1f, 1f), PushOutcomeKind.Fenced);
        Assert.Equal(
            PushOutcomeKind.Applied, shard.Push(Pushes.Dense(Next with { Incarnation = 2, Ticket = 2 }, 1f, 1f)).Kind);
    }

    [Fact]
    public void Life_that_knows_a_ticket_from_its_slice_alone_says_so()
    {
        var settled = new TicketSet();
        settled.Add(0);
        var shard = new ParameterShard(0, 2, [1f, 2f], version: 1, settled);

        Assert.Equal(FenceReport.Unseen, shard.Fence(0, 2, openTicket: 0));
        Assert.Equal(default, shard.Fence(0, 2, openTicket: 1));
    }

    [Fact]
    public void Ticket_settled_without_a_worker_is_waited_for_no_more()
    {
        ParameterShard shard = Pushed(Pushes.Dense(Next with { Ticket = 1 }, 1f, 1f));
        Assert.Equal(0, shard.Settled.Watermark);

        shard.Fence(-1, 0, openTicket: 0);
        shard.Fence(-1, 0, openTicket: 0);

        Assert.Equal(2, shard.Settled.Watermark);
        AssertIgnored(shard, Pushes.Dense(Pushes.Header with { Worker = 4, Ticket = 0 }, 1f, 1f), PushOutcomeKind.Duplicate);
    }

    [Fact]
    public void Frames_for_another_shard_or_length_are_damage_and_change_nothing()
    {
        ParameterShard shard = Pushed(Pushes.Dense(Pushes.Header, 1f, 1f));

        AssertDamage(shard, Pushes.Dense(Next with { Shard = 1 }, 1f, 1f), "another shard map");
        AssertDamage(shard, Pushes.Dense(Next, 1f, 1f, 1f), "of 3 coordinates");
        AssertDamage(shard, Pushes.Dense(Next, 1f, float.NaN), "not a finite number");
        AssertDamage(shard, Pushes.Sparse(Next, 2, (1, 1f), (0, 1f)), "ascend strictly");
        AssertDamage(shard, Pushes.Sparse(Next, 2, (0, 1f), (2, 1f)), "the shard has 2");
        AssertDamage(shard, Pushes.Dense(Next with { Ticket = long.MaxValue }, 1f, 1f), "waits for ticket 1");
        AssertDamage(shard, Pushes.Dense(Next, 1f, 1f)[..^1], "cut short");
        AssertDamage(shard, Pushes.Dense(Next with { Round = 1, SlotCount = int.MaxValue }, 1f, 1f), "at most 10000");
    }

    [Fact]
    public void View_is_bit_equal_to_the_shard_whatever_was_pulled_before() =>
        Prop.ForAll(
            (from updates in Gen.ArrayOf(
                from count in Gen.Choose(0, 40)
                from indices in Gen.ArrayOf(Gen.Choose(0, 39), count)
                from value in Gen.Choose(1, 100)
                select indices.Distinct().Order().Select(i => ((uint)i, value / 7f)).ToArray())
             from readers in Gen.ArrayOf(Gen.Choose(0, 2), updates.Length)
             select (updates, readers)).ToArbitrary(),
            history => ViewsAreEqual(history.updates, history.readers, damaged: -1)).QuickCheckThrowOnFailure();

    [Fact]
    public void View_that_missed_an_answer_is_caught() =>
        Assert.False(ViewsAreEqual([[(1, 1f)], [(2, 1f)], [(3, 1f)]], [0, 0, 0], damaged: 1));

    [Fact]
    public void Few_changes_travel_as_changes_and_many_as_the_whole()
    {
        var shard = new ParameterShard(0, 1, new float[100]);
        shard.Push(Pushes.Sparse(Pushes.Header, 100, (3, 1f), (50, 1f)));

        Assert.Equal((PayloadKind.Sparse, 2), KindSince(shard, 0, 1));
        Assert.Equal((PayloadKind.None, 0), KindSince(shard, 1, 1));
        Assert.Equal((PayloadKind.Dense, 100), KindSince(shard, -1, 0));
        Assert.Equal((PayloadKind.Dense, 100), KindSince(shard, 0, 2));
        shard.Push(Pushes.Sparse(Next, 100, [.. Enumerable.Range(0, 50).Select(i => ((uint)i, 1f))]));
        Assert.Equal((PayloadKind.Dense, 100), KindSince(shard, 0, 1));
    }

    [Fact]
    public void Steady_pushes_and_pulls_allocate_nothing()
    {
        var shard = new ParameterShard(0, 1, new float[1000]);
        byte[][] frames =
        [
            .. Enumerable.Range(0, 200).Select(i => Pushes.Sparse(
                Pushes.Header with { Sequence = i, Ticket = i }, 1000, ((uint)i, 1f), ((uint)i + 300, 1f))),
        ];
        byte[] view = new byte[shard.ViewSizeMax + 80];
        Run(0, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(100, 200);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The queue of the change log may double once more.
        Assert.InRange(allocated, 0, 10_000);

        void Run(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                PushOutcome outcome = shard.Push(frames[i]);
                shard.WriteView(i, 1, outcome, view);
            }
        }
    }

    private static ParameterShard Pushed(byte[] frame)
    {
        var shard = new ParameterShard(0, 1, [1f, 2f]);
        Assert.Equal(PushOutcomeKind.Applied, shard.Push(frame).Kind);
        return shard;
    }

    private static void AssertIgnored(ParameterShard shard, byte[] frame, PushOutcomeKind kind)
    {
        byte[] before = Bytes(shard);

        Assert.Equal(kind, shard.Push(frame).Kind);
        Assert.Equal(before, Bytes(shard));
    }

    private static void AssertDamage(ParameterShard shard, byte[] frame, string words)
    {
        byte[] before = Bytes(shard);

        Assert.Contains(words, Assert.Throws<InvalidDataException>(() => shard.Push(frame)).Message, StringComparison.Ordinal);
        Assert.Equal(before, Bytes(shard));
    }

    // Everything a reader can see: version, tickets, values.
    private static byte[] Bytes(ParameterShard shard)
    {
        byte[] frame = new byte[shard.ViewSizeMax];
        return frame[..shard.WriteView(-1, 0, default, frame)];
    }

    private static (PayloadKind Kind, int Count) KindSince(ParameterShard shard, long version, int incarnation)
    {
        byte[] frame = new byte[shard.ViewSizeMax];
        int size = shard.WriteView(version, incarnation, default, frame);
        ViewHeader header = ViewFrame.ReadHeader(frame.AsSpan(0, size));
        return (header.Kind, header.EntryCount);
    }

    private static bool ViewsAreEqual((uint, float)[][] updates, int[] readers, int damaged)
    {
        const int Length = 40;
        var shard = new ParameterShard(0, 1, new float[Length]);
        WorkerView[] views = [.. Enumerable.Range(0, 3).Select(_ => new WorkerView(new ShardMap(Length, 1)))];
        byte[] frame = new byte[shard.ViewSizeMax];
        for (int i = 0; i < updates.Length; i++)
        {
            shard.Push(Pushes.Sparse(Pushes.Header with { Sequence = i, Ticket = i }, Length, updates[i]));
            WorkerView view = views[readers[i]];
            long since = i == damaged ? shard.Version : view.Version(0);
            int size = shard.WriteView(since, Math.Max(1, view.Incarnation(0)), default, frame);
            if (!view.TryApply(frame.AsSpan(0, size), out _) || !view.Parameters.SequenceEqual(shard.Parameters))
            {
                return false;
            }
        }

        return true;
    }
}
