using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: the compute threads of a process take processors of their own as long as there are any, and say goodbye to them when they end.</summary>
public sealed class ProcessorPinsTests
{
    [Fact]
    public void Each_takes_what_the_others_have_left()
    {
        var pins = new ProcessorPins([4, 5, 6, 7]);

        Assert.Equal([4, 5], pins.Take(2));
        Assert.Equal([6], pins.Take(1));
        Assert.Equal([4, 7], pins.Take(2)); // one is free, and of those with one user the first
        Assert.Equal([5], pins.Take(1));
    }

    [Fact]
    public void What_is_given_back_is_free_again()
    {
        var pins = new ProcessorPins([0, 1]);
        int[] first = pins.Take(1);
        pins.Take(1);

        pins.Return(first);

        Assert.Equal(first, pins.Take(1));
    }

    [Fact]
    public void More_than_there_are_is_all()
    {
        var pins = new ProcessorPins([3, 1, 3]);

        Assert.Equal([3, 1], pins.Take(8));
        Assert.Equal([3, 1], pins.Processors);
    }

    [Fact]
    public async Task Threads_of_a_pool_run_on_processors_of_their_own()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        IReadOnlyList<int> before = ThreadAffinity.OfThread();
        var pins = new ProcessorPins(before);
        using var pool = new ComputePool(1, pins);
        using var other = new ComputePool(1, pins);

        int own = Assert.Single(await pool.Run(ThreadAffinity.OfThread));
        int others = Assert.Single(await other.Run(ThreadAffinity.OfThread));

        Assert.Contains(own, before);
        Assert.True(before.Count == 1 || own != others, $"both are on processor {own}");
        Assert.Equal(before, ThreadAffinity.OfThread());
    }

    [Fact]
    public async Task A_pool_that_has_ended_leaves_its_processors_to_the_next()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var pins = new ProcessorPins(ThreadAffinity.OfThread());
        var pool = new ComputePool(1, pins);
        IReadOnlyList<int> own = await pool.Run(ThreadAffinity.OfThread);
        Thread thread = await pool.Run(() => Thread.CurrentThread);

        pool.Dispose();
        thread.Join();

        Assert.Equal(own, pins.Take(1));
    }

    [Fact]
    public async Task Without_pins_the_system_puts_threads_where_it_likes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var pool = new ComputePool(1);

        Assert.Equal(ThreadAffinity.OfThread(), await pool.Run(ThreadAffinity.OfThread));
    }
}
