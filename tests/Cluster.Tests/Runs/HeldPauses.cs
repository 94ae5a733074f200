namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>The system's time, but for pauses of one length: from a moment on they last until they are let go.</summary>
internal sealed class HeldPauses(TimeSpan length) : TimeProvider
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly List<(TimerCallback Callback, object? State)> _held = [];
    private bool _holds;

    /// <summary>Completes with the first pause that is held.</summary>
    public Task First => _first.Task;

    /// <summary>Holds every pause that begins from now on.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _holds = true;
        }
    }

    /// <summary>Ends those that are held; later ones last as long as they should.</summary>
    public void LetGo()
    {
        (TimerCallback Callback, object? State)[] held;
        lock (_gate)
        {
            _holds = false;
            held = [.. _held];
        }

        foreach ((TimerCallback callback, object? state) in held)
        {
            callback(state);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (!_holds || dueTime != length || period != Timeout.InfiniteTimeSpan)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            _held.Add((callback, state));
        }

        _first.TrySetResult();
        return base.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
