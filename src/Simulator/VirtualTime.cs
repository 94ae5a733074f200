namespace OrleansSgd.Simulator;

/// <summary>Events in the order of their moments, and the clock that moves only from one to the next.</summary>
/// <remarks>
/// Events of one moment happen in the order in which they were planned, so a seed has one history. Moments are counted in the unit of whoever
/// plans: seconds in training runs; whole microseconds under faults, which are exact up to 2⁵³.
/// </remarks>
internal sealed class VirtualTime
{
    private readonly PriorityQueue<Action, (double Moment, long Order)> _events = new();
    private long _planned;

    /// <summary>Time since the run began.</summary>
    public double Now { get; private set; }

    /// <summary>Events that have happened.</summary>
    public long EventCount { get; private set; }

    /// <summary>Plans an event.</summary>
    /// <param name="delay">From now; 0 or more.</param>
    public void After(double delay, Action happen)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delay);
        _events.Enqueue(happen, (Now + delay, _planned++));
    }

    /// <summary>Moves on to the next event; false when there is none.</summary>
    public bool TryStep()
    {
        if (!_events.TryDequeue(out Action? happen, out (double Moment, long Order) key))
        {
            return false;
        }

        Now = key.Moment;
        EventCount++;
        happen();
        return true;
    }
}
