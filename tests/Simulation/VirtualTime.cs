namespace OrleansSgd.Simulation;

/// <summary>Time that moves only from event to event; events of one moment happen in the order they were planned.</summary>
internal sealed class VirtualTime
{
    private readonly PriorityQueue<Action, (long Moment, long Order)> _events = new();
    private long _order;

    /// <summary>Microseconds since the run began.</summary>
    public long Now { get; private set; }

    public void After(long microseconds, Action action) => _events.Enqueue(action, (Now + microseconds, _order++));

    /// <summary>Runs until something is done; false when the time is over before, or nothing is left to happen.</summary>
    public bool RunUntil(Func<bool> isDone, long timeMax)
    {
        while (!isDone())
        {
            if (!_events.TryDequeue(out Action? action, out (long Moment, long Order) at) || at.Moment > timeMax)
            {
                return false;
            }

            Now = at.Moment;
            action();
        }

        return true;
    }
}
