using System.Diagnostics;
using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: loops run on the pool's own threads, share them, and end with the pool.</summary>
public sealed class ComputePoolTests
{
    [Fact]
    public async Task Loop_comes_back_to_the_pool_after_every_await()
    {
        using var pool = new ComputePool(1);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var threads = new List<string?>();

        Task loop = pool.Run(async () =>
        {
            threads.Add(Thread.CurrentThread.Name);
            await gate.Task;
            threads.Add(Thread.CurrentThread.Name);
        });
        gate.SetResult();
        await loop;

        Assert.Equal(["compute 0", "compute 0"], threads);
    }

    [Fact]
    public async Task Loop_that_waits_leaves_its_thread_to_another()
    {
        using var pool = new ComputePool(1);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Task waiting = pool.Run(() => gate.Task);
        int answer = await pool.Run(() => 42);
        gate.SetResult();
        await waiting;

        Assert.Equal(42, answer);
    }

    [Fact]
    public async Task Loop_that_is_cancelled_by_the_end_of_the_pool_still_finishes_on_it()
    {
        var pool = new ComputePool(1);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string? thread = null;
        Task loop = pool.Run(async () =>
        {
            var cancelled = new TaskCompletionSource();
            using CancellationTokenRegistration stopping = pool.Stopping.Register(() => cancelled.SetCanceled());
            started.SetResult();
            try
            {
                await cancelled.Task;
            }
            catch (OperationCanceledException)
            {
                thread = Thread.CurrentThread.Name;
            }
        });
        await started.Task;

        pool.Dispose();
        await loop;

        Assert.Equal("compute 0", thread);
    }

    [Fact]
    public async Task Failure_of_a_loop_reaches_whoever_waits_for_it()
    {
        using var pool = new ComputePool(1);

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => pool.Run(() => Task.FromException(new InvalidDataException("row 7"))));

        Assert.Equal("row 7", error.Message);
    }

    [Fact]
    public async Task Pieces_follow_each_other_until_the_last()
    {
        using var pool = new ComputePool(2);
        var seen = new List<int>();

        await pool.RunInTurns(() =>
        {
            seen.Add(seen.Count);
            return seen.Count < 5;
        });

        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public async Task Whoever_waits_gets_a_turn_before_the_last_piece()
    {
        using var pool = new ComputePool(1);
        var patience = Stopwatch.StartNew();
        bool hadTurn = false;

        Task pieces = pool.RunInTurns(() => !Volatile.Read(ref hadTurn) && patience.Elapsed < TimeSpan.FromMinutes(1));
        bool wasFirst = await pool.Run(() =>
        {
            Volatile.Write(ref hadTurn, true);
            return patience.Elapsed < TimeSpan.FromMinutes(1);
        });
        await pieces;

        Assert.True(wasFirst);
    }

    [Fact]
    public async Task Piece_that_fails_ends_the_rest()
    {
        using var pool = new ComputePool(1);
        int pieces = 0;

        await Assert.ThrowsAsync<InvalidDataException>(() => pool.RunInTurns(() => ++pieces < 3 ? true : throw new InvalidDataException()));

        Assert.Equal(3, pieces);
    }
}
