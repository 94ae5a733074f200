using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansSgd.Grains.Compute;

/// <summary>The threads of one silo that compute gradients, so that grain turns stay short.</summary>
/// <remarks>
/// A task scheduler of a fixed number of threads. A worker's loop is an async method that runs on it: awaiting a grain
/// call gives the thread to another worker, and the loop comes back here, never to a grain's turn.
/// </remarks>
public sealed class ComputePool : TaskScheduler, IDisposable
{
    private static readonly TimeSpan TurnLength = TimeSpan.FromMilliseconds(1);

    private readonly BlockingCollection<Task> _tasks = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread[] _threads;
    private readonly ProcessorPins? _pins;
    private readonly int _processorsEach;
    private double _slowness = 1;
    private int _isDisposed;
    private int _loops = 1; // the pool itself, until it is disposed

    /// <param name="threadCount">1 or more.</param>
    /// <param name="pins">The processors that threads are pinned to, on Linux; null for wherever the system puts them.</param>
    /// <param name="processorsEach">Of a pinned thread, 1 or more: those that a library's threads inside it use.</param>
    public ComputePool(int threadCount, ProcessorPins? pins = null, int processorsEach = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(processorsEach, 1);
        _pins = pins;
        _processorsEach = processorsEach;
        _threads = new Thread[threadCount];
        for (int i = 0; i < threadCount; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"compute {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Signalled when the silo stops or dies: loops end at once and say nothing more.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => _threads.Length;

    /// <summary>True when somebody waits for a thread.</summary>
    public bool IsContended => _tasks.Count > 0;

    /// <summary>How many times slower than the machine the pool is: 1, except where a slow silo is wanted. See <see cref="StepLag"/>.</summary>
    public double Slowness
    {
        get => Volatile.Read(ref _slowness);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _slowness, value);
        }
    }

    /// <summary>Runs an async loop on the pool's threads.</summary>
    public async Task Run(Func<Task> loop)
    {
        Interlocked.Increment(ref _loops);
        try
        {
            await Task.Factory.StartNew(loop, CancellationToken.None, TaskCreationOptions.None, this).Unwrap()
                .ConfigureAwait(false);
        }
        finally
        {
            LoopEnded();
        }
    }

    /// <summary>Runs a computation on the pool's threads.</summary>
    public Task<T> Run<T>(Func<T> computation) =>
        Task.Factory.StartNew(computation, CancellationToken.None, TaskCreationOptions.None, this);

    /// <summary>Runs a computation piece by piece on the pool's threads; whoever waits for a thread gets one at least every millisecond.</summary>
    /// <param name="piece">Computes one piece; true when there is another. Pieces follow each other, on whatever threads.</param>
    public async Task RunInTurns(Func<bool> piece)
    {
        while (await Run(() => Turn(piece)))
        {
        }
    }

    /// <summary>Ends the loops, which notice <see cref="Stopping"/> at their next command, and then the threads.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _stopping.Cancel();
            LoopEnded();
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        try
        {
            _tasks.Add(task, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // The pool has ended, and with it the silo: a computation that comes now is nobody's any more.
        }
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Array.IndexOf(_threads, Thread.CurrentThread) >= 0 && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [.. _tasks];

    private static bool Turn(Func<bool> piece)
    {
        long begun = Stopwatch.GetTimestamp();
        while (piece())
        {
            if (Stopwatch.GetElapsedTime(begun) >= TurnLength)
            {
                return true;
            }
        }

        return false;
    }

    // The threads go when the last loop has gone: a loop that is cancelled still needs one to end on.
    private void LoopEnded()
    {
        if (Interlocked.Decrement(ref _loops) == 0)
        {
            _tasks.CompleteAdding();
        }
    }

    private void Work()
    {
        if (_pins is null || !OperatingSystem.IsLinux())
        {
            RunTasks();
            return;
        }

        int[] processors = _pins.Take(_processorsEach);
        _ = ThreadAffinity.SetOfThread(processors); // where the system has taken them away since, the thread is one among others
        RunTasks();
        _pins.Return(processors);
    }

    private void RunTasks()
    {
        foreach (Task task in _tasks.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }
}
