using OrleansSgd.Dashboard.Feeds;

namespace OrleansSgd.Dashboard.Tests.Feeds;

/// <summary>Goal: every watcher sees every frame in order, or learns that it has missed some. Method: frames whose one byte is their number.</summary>
public sealed class FrameRingTests
{
    private readonly FrameRing _ring = new();
    private readonly List<byte[]> _read = [];

    [Fact]
    public void What_came_since_a_place_is_read_in_order()
    {
        Append(5);

        Assert.True(_ring.TryRead(2, _read));
        Assert.Equal([2, 3, 4], _read.Select(frame => (int)frame[0]));
        Assert.True(_ring.TryRead(5, _read));
        Assert.Empty(_read);
    }

    [Fact]
    public void A_reader_exactly_at_the_oldest_frame_misses_nothing_and_one_before_it_is_told()
    {
        Append(FrameRing.Capacity + 10);

        Assert.True(_ring.TryRead(10, _read));
        Assert.Equal(Enumerable.Range(10, FrameRing.Capacity), _read.Select(frame => (int)frame[0]));
        Assert.False(_ring.TryRead(9, _read));
        Assert.Empty(_read);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(6)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_place_that_never_was_is_no_place(long next)
    {
        Append(5);

        Assert.False(_ring.TryRead(next, _read));
    }

    [Fact]
    public async Task Who_waits_is_woken_by_the_frame_and_not_before()
    {
        Append(1);
        Task first = _ring.Await(0);
        Task second = _ring.Await(1);

        Assert.True(first.IsCompleted);
        Assert.False(second.IsCompleted);
        Append(1);
        await second;
    }

    private void Append(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ring.Append([(byte)_ring.End]);
        }
    }
}
