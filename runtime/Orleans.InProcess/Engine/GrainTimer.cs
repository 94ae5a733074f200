using Orleans.Runtime;

namespace Orleans.Engine;

/// <summary>A timer whose ticks are calls to its own activation.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private static readonly MethodTraits Interleaving = new(interleaves: true);
    private static readonly MethodTraits Turning = new(interleaves: false);

    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly CancellationTokenSource _disposed = new();
    private readonly MethodTraits _traits;
    private readonly bool _keepsAlive;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;

    private GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        _activation = activation;
        _callback = callback;
        _traits = options.Interleave ? Interleaving : Turning;
        _keepsAlive = options.KeepAlive;
        _timer = Timers.Create(activation.Silo.Time, static state => ((GrainTimer)state!).Tick(), this);
    }

    public static GrainTimer Start(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(activation, callback, options);
        activation.Add(timer);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    /// <inheritdoc/>
    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        lock (_gate)
        {
            _changed = true;
            _dueTime = dueTime;
            _period = period;
            if (!_ticking && !_disposed.IsCancellationRequested)
            {
                _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            _timer.Dispose();
        }

        _activation.Remove(this);
        _disposed.Cancel();
    }

    /// <summary>Runs the callback, in a turn.</summary>
    public async Task RunTick()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        try
        {
            _changed = false;
            await _callback(_disposed.Token);
        }
        catch (Exception error)
        {
            _activation.Silo.Log.LogTimerFailed(_activation.GrainId, error);
        }

        lock (_gate)
        {
            _ticking = false;
            if (!_disposed.IsCancellationRequested)
            {
                _timer.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static void Check(TimeSpan time, string name)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, -1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(milliseconds, 0xFFFFFFFE, name);
    }

    private void Tick()
    {
        lock (_gate)
        {
            _ticking = true;
        }

        _activation.Enqueue(new TimerTick(this, _keepsAlive) { Traits = _traits, Target = _activation, Origin = _activation.Silo });
    }
}

/// <summary>One tick, as a call that nobody awaits.</summary>
internal sealed class TimerTick(GrainTimer timer, bool keepsAlive) : Call
{
    public override bool IsAnswered => false;

    /// <inheritdoc/>
    public override bool CountsAsUse => keepsAlive;

    public override Task? PromiseTask => null;

    public override void EnsurePromise()
    {
    }

    public override void SendOn()
    {
    }

    public override void AnswerValue(object? value)
    {
    }

    protected override void Answer(Task returned)
    {
    }

    protected override bool AnswerError(Exception error) => false;

    protected override void AnswerCancelled(CancellationToken token)
    {
    }

    protected override Task InvokeTarget(object grain) => timer.RunTick();

    protected override void ClearArguments()
    {
    }
}
