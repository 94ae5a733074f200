namespace Orleans.Engine;

/// <summary>The calls one caller awaits; answers those that wait too long or whose silo is lost.</summary>
/// <remarks>
/// One coarse sweep instead of a timer per call: a timeout is noticed at most a tenth of it, and at most a second, late.
/// The sweep runs only while something is waiting.
/// </remarks>
internal sealed class WaitingCalls : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Func<TimeSpan> _timeout;
    private readonly ITimer _sweep;
    private Call? _first;
    private bool _armed;
    private bool _disposed;

    public WaitingCalls(TimeProvider time, Func<TimeSpan> timeout)
    {
        _time = time;
        _timeout = timeout;
        _sweep = Timers.Create(time, static state => ((WaitingCalls)state!).Sweep(), this);
    }

    public void Add(Call call)
    {
        var timeout = call.Traits.Timeout ?? _timeout();
        call.Deadline = timeout < TimeSpan.Zero || timeout == TimeSpan.MaxValue
            ? long.MaxValue
            : _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        lock (_gate)
        {
            call.Next = _first;
            call.Previous = null;
            if (_first is not null)
            {
                _first.Previous = call;
            }

            _first = call;
            call.IsListed = true;
            if (!_armed && !_disposed)
            {
                _armed = true;
                _sweep.Change(SweepPeriod(timeout), Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Remove(Call call)
    {
        lock (_gate)
        {
            Unlink(call);
        }
    }

    /// <summary>Answers every call for which the choice gives an exception.</summary>
    public void FailWhere(Func<Call, Exception?> choose)
    {
        List<(Call Call, Exception Error)>? failed = null;
        lock (_gate)
        {
            for (var call = _first; call is not null; call = call.Next)
            {
                if (choose(call) is { } error)
                {
                    (failed ??= []).Add((call, error));
                }
            }
        }

        foreach (var (call, error) in failed ?? [])
        {
            call.Fail(error);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _sweep.Dispose();
        }
    }

    private static TimeSpan SweepPeriod(TimeSpan timeout) =>
        TimeSpan.FromMilliseconds(Math.Clamp(timeout.TotalMilliseconds / 10, 5, 1000));

    private void Sweep()
    {
        var now = _time.GetTimestamp();
        FailWhere(call => now < call.Deadline
            ? null
            : new TimeoutException(
                $"{call.Traits.Name} of {call.GrainId} did not answer within {call.Traits.Timeout ?? _timeout()}; it may still run. "
                + "Raise ResponseTimeout, or make the call shorter."));
        lock (_gate)
        {
            _armed = _first is not null && !_disposed;
            if (_armed)
            {
                _sweep.Change(SweepPeriod(_timeout()), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Unlink(Call call)
    {
        if (!call.IsListed)
        {
            return;
        }

        call.IsListed = false;
        if (call.Previous is null)
        {
            _first = call.Next;
        }
        else
        {
            call.Previous.Next = call.Next;
        }

        if (call.Next is not null)
        {
            call.Next.Previous = call.Previous;
        }

        call.Next = call.Previous = null;
    }
}
