using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Consistency;

namespace OrleansSgd.Core.Tests.Consistency;

public class TicketSetTests
{
    // Mostly near each other, with jumps that make the ring grow, and dense runs that make it turn.
    private static readonly Arbitrary<long[]> Tickets =
        (from runs in Gen.ArrayOf(
            from start in Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(0, 3000), Gen.Choose(0, 100_000))
            from length in Gen.Choose(1, 200)
            from isReversed in Gen.Elements(true, false)
            select isReversed ? Run(start, length).Reverse() : Run(start, length))
         select runs.SelectMany(run => run).ToArray()).ToArbitrary();

    [Fact]
    public void Set_agrees_with_a_plain_set_after_every_addition() =>
        Prop.ForAll(Tickets, tickets => Difference(tickets, (set, ticket) => set.Add(ticket)) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void Set_that_forgets_the_first_ticket_of_a_word_is_caught() =>
        Assert.NotNull(Difference([.. Run(0, 100)], (set, ticket) => ticket == 64 || set.Add(ticket)));

    [Fact]
    public void Loaded_set_goes_on_where_the_other_stood() =>
        Prop.ForAll(Tickets, Tickets, (before, after) =>
        {
            var set = new TicketSet();
            Array.ForEach(before, ticket => set.Add(ticket));
            var copy = new TicketSet();
            Array.ForEach(after, ticket => copy.Add(ticket)); // what a copy held before is forgotten
            copy.CopyFrom(set);
            Array.ForEach(after, ticket => copy.Add(ticket));

            var model = new HashSet<long>([.. before, .. after]);
            return Compare(copy, model) is null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Watermark_passes_all_that_is_filled_when_the_gap_closes()
    {
        var set = new TicketSet();
        foreach (long ticket in Run(1, 400))
        {
            Assert.True(set.Add(ticket));
        }

        Assert.Equal((0, 400, 401), (set.Watermark, set.ExceptionCount, set.End));
        Assert.True(set.Add(0));
        Assert.Equal((401, 0, 401), (set.Watermark, set.ExceptionCount, set.End));
        Assert.False(set.Add(200));
        Assert.False(set.Contains(401));
    }

    [Fact]
    public void Ticket_out_of_reach_is_refused_and_changes_nothing()
    {
        var set = new TicketSet();
        set.Add(0);

        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(1 + TicketSet.ReachMax));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(long.MaxValue));
        Assert.False(set.Reaches(long.MaxValue));
        Assert.False(set.Reaches(-1));
        Assert.True(set.Reaches(TicketSet.ReachMax));
        Assert.Null(Compare(set, [0]));
    }

    [Fact]
    public void Farthest_ticket_in_reach_is_taken()
    {
        var set = new TicketSet();

        Assert.True(set.Add(TicketSet.ReachMax - 1));
        Assert.True(set.Contains(TicketSet.ReachMax - 1));
        Assert.False(set.Contains(TicketSet.ReachMax - 2));
        Assert.Equal(0, set.Watermark);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(5, 4)]
    [InlineData(5, 5 + TicketSet.ReachMax)]
    public void Loading_tickets_that_are_not_above_the_watermark_changes_nothing(long watermark, long exception)
    {
        var set = new TicketSet();
        set.Add(0);
        set.Add(2);

        Assert.Throws<ArgumentException>(() => set.Load(watermark, [7, exception]));
        Assert.Null(Compare(set, [0, 2]));
    }

    [Fact]
    public void Loading_far_above_needs_no_room_for_what_lies_below()
    {
        var set = new TicketSet();
        set.Load(1L << 50, [(1L << 50) + 3]);

        Assert.True(set.Contains((1L << 50) + 3));
        Assert.True(set.Contains((1L << 50) - 1));
        Assert.False(set.Contains(1L << 50));
        Assert.False(set.Contains(-1));
    }

    private static string? Difference(long[] tickets, Func<TicketSet, long, bool> add)
    {
        var set = new TicketSet();
        var model = new HashSet<long>();
        foreach (long ticket in tickets)
        {
            bool isNew = model.Add(ticket);
            if (add(set, ticket) != isNew)
            {
                return $"Add({ticket}) says otherwise";
            }
        }

        return Compare(set, model);
    }

    private static string? Compare(TicketSet set, HashSet<long> model)
    {
        long watermark = 0;
        while (model.Contains(watermark))
        {
            watermark++;
        }

        long[] expected = [.. model.Where(ticket => ticket > watermark).Order()];
        long[] exceptions = new long[set.ExceptionCount];
        set.CopyExceptionsTo(exceptions);
        if (set.Watermark != watermark || !exceptions.SequenceEqual(expected))
        {
            return $"watermark {set.Watermark}, not {watermark}; [{string.Join(' ', exceptions)}], not [{string.Join(' ', expected)}]";
        }

        long end = model.Count == 0 ? 0 : model.Max() + 1;
        return set.End != end || Run(0, (int)end + 70).Any(ticket => set.Contains(ticket) != model.Contains(ticket))
            ? $"end {set.End}, not {end}, or a member differs"
            : null;
    }

    private static IEnumerable<long> Run(long start, int length) => Enumerable.Range(0, length).Select(i => start + i);
}
