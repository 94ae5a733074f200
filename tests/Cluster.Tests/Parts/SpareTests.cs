using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: one part is used again and again, never by two at a time, and none is left over.</summary>
public class SpareTests
{
    private int _made;

    [Fact]
    public void What_was_returned_is_taken_again()
    {
        using var spare = new Spare<Part>(Make);
        Part first = spare.Take();
        spare.Return(first);

        Assert.Same(first, spare.Take());
        Assert.Equal((1, 0), (_made, first.Disposals));
    }

    [Fact]
    public void Two_at_a_time_have_parts_of_their_own_and_one_of_them_is_kept()
    {
        using var spare = new Spare<Part>(Make);
        (Part first, Part second) = (spare.Take(), spare.Take());

        Assert.NotSame(first, second);
        spare.Return(first);
        spare.Return(second);

        Assert.Equal((0, 1), (first.Disposals, second.Disposals));
    }

    [Fact]
    public void After_the_end_nothing_is_kept()
    {
        var spare = new Spare<Part>(Make);
        (Part kept, Part away) = (spare.Take(), spare.Take());
        spare.Return(kept);

        spare.Dispose();
        spare.Return(away);

        Assert.Equal((1, 1), (kept.Disposals, away.Disposals));
    }

    private Part Make()
    {
        _made++;
        return new Part();
    }

    private sealed class Part : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }
}
