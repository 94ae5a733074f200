namespace Orleans.Engine;

/// <summary>What an activation does with the items of its mailbox. All methods run inside a turn.</summary>
internal interface ITurnHost
{
    /// <summary>Runs one posted item that is not a task.</summary>
    void RunItem(object item);

    /// <summary>Runs after each item: starts what may start now.</summary>
    void AfterTurn();
}

/// <summary>
/// One turn at a time: the task scheduler of one activation.
/// </summary>
/// <remarks>
/// A turn is entered by whoever finds the activation idle, on his own thread; everybody else leaves his item in the
/// mailbox. Whoever ends a turn drains the mailbox, up to <see cref="DrainMax"/> items of others, and then hands over to
/// the thread pool, so that no caller works for others without end.
/// States: idle, running (one thread inside), handed (a pool thread is on its way; nobody else may enter).
/// </remarks>
internal sealed class TurnScheduler(Activation activation, ITurnHost host) : TaskScheduler, IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Handed = 2;

    // Turns last microseconds; a caller who waits much longer than that does better to leave his item and go.
    private const int SpinMax = 20;

    // A caller works for others for about this many turns at most.
    private const int DrainMax = 16;

    // The pool thread gives other activations a chance after this many.
    private const int PoolDrainMax = 512;

    private static readonly bool SpinIsUseful = Environment.ProcessorCount > 1;

    private readonly System.Collections.Concurrent.ConcurrentQueue<object> _mailbox = new();
    private int _state;
    private int _queued;
    private int _ownerThread;
    private volatile bool _dead;

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Drops what is queued and everything that comes later.</summary>
    public void Kill()
    {
        _dead = true;
        while (_mailbox.TryDequeue(out _))
        {
            Interlocked.Decrement(ref _queued);
        }
    }

    /// <summary>Begins a turn on this thread if the activation is idle, or becomes idle within a few microseconds.</summary>
    public bool TryEnter()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Idle) == Idle)
        {
            _ownerThread = Environment.CurrentManagedThreadId;
            return true;
        }

        return SpinIsUseful && TrySpin();
    }

    /// <summary>Ends the turn of this thread, after draining what others have left meanwhile.</summary>
    public void Exit()
    {
        if (_queued > 0)
        {
            Drain(DrainMax);
        }
        else
        {
            Leave(DrainMax);
        }
    }

    /// <summary>Leaves an item for the next turn.</summary>
    public void Post(object item)
    {
        if (_dead)
        {
            return;
        }

        _mailbox.Enqueue(item);
        Interlocked.Increment(ref _queued);
        if (Interlocked.CompareExchange(ref _state, Handed, Idle) == Idle)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Leaves an item and runs it on this thread, if the activation is idle.</summary>
    public void PostAndRun(object item)
    {
        if (_dead)
        {
            return;
        }

        _mailbox.Enqueue(item);
        Interlocked.Increment(ref _queued);
        if (!ExecutionContext.IsFlowSuppressed() && TryEnter())
        {
            Drain(DrainMax);
        }
        else if (Interlocked.CompareExchange(ref _state, Handed, Idle) == Idle)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Runs what is queued, on a pool thread.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        _ownerThread = Environment.CurrentManagedThreadId;
        Volatile.Write(ref _state, Running);
        Drain(PoolDrainMax);
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => Post(task);

    /// <inheritdoc/>
    /// <remarks>A turn that was entered runs even if the silo is killed just then: refused, it would block its thread for ever.</remarks>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(Runtime.RuntimeContext.Current, activation) && TryExecuteTask(task);

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _mailbox.OfType<Task>();

    private bool TrySpin()
    {
        // Our own thread further down the stack: it will not leave while we wait.
        if (_ownerThread == Environment.CurrentManagedThreadId)
        {
            return false;
        }

        for (var spin = 0; spin < SpinMax; spin++)
        {
            Thread.SpinWait(8);
            if (Volatile.Read(ref _state) == Idle && Interlocked.CompareExchange(ref _state, Running, Idle) == Idle)
            {
                _ownerThread = Environment.CurrentManagedThreadId;
                return true;
            }
        }

        return false;
    }

    private void Drain(int budget)
    {
        var outer = ExecutionContext.Capture();
        var outerContext = SynchronizationContext.Current;
        var outerActivation = Runtime.RuntimeContext.Current;
        Runtime.RuntimeContext.Current = activation;
        SynchronizationContext.SetSynchronizationContext(null);
        if (outer is not null && !ReferenceEquals(outer, CleanContext.Value))
        {
            ExecutionContext.Restore(CleanContext.Value);
        }

        try
        {
            while (true)
            {
                while (_queued > 0 && _mailbox.TryDequeue(out var item))
                {
                    Interlocked.Decrement(ref _queued);
                    if (_dead)
                    {
                        continue;
                    }

                    RunOne(item);
                    if (--budget <= 0 && _queued > 0)
                    {
                        HandOver();
                        return;
                    }
                }

                _ownerThread = 0;
                Interlocked.Exchange(ref _state, Idle);
                if (_queued <= 0 || Interlocked.CompareExchange(ref _state, Running, Idle) != Idle)
                {
                    return;
                }

                _ownerThread = Environment.CurrentManagedThreadId;
            }
        }
        finally
        {
            Runtime.RuntimeContext.Current = outerActivation;
            SynchronizationContext.SetSynchronizationContext(outerContext);
            if (outer is not null && !ReferenceEquals(outer, CleanContext.Value))
            {
                ExecutionContext.Restore(outer);
            }
        }
    }

    private void RunOne(object item)
    {
        if (item is Task task)
        {
            TryExecuteTask(task);
        }
        else
        {
            host.RunItem(item);
        }

        host.AfterTurn();
    }

    private void Leave(int budget)
    {
        _ownerThread = 0;
        Interlocked.Exchange(ref _state, Idle);
        if (_queued > 0 && Interlocked.CompareExchange(ref _state, Running, Idle) == Idle)
        {
            _ownerThread = Environment.CurrentManagedThreadId;
            Drain(budget);
        }
    }

    private void HandOver()
    {
        _ownerThread = 0;
        Volatile.Write(ref _state, Handed);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
