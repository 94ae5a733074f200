namespace OrleansSgd.Simulator.Planning;

/// <summary>Events in the order of their moments; those of one moment in the order in which they were planned. Counts what it does.</summary>
/// <remarks>Both operations are O(log n); <see cref="Comparisons"/> lets a test see that.</remarks>
/// <typeparam name="T">An event, as a value: a queue of millions allocates nothing for each.</typeparam>
internal sealed class MomentQueue<T>
{
    private readonly Order _order = new();
    private readonly PriorityQueue<T, (double Moment, long Number)> _events;
    private long _planned;

    public MomentQueue() => _events = new(_order);

    /// <summary>Seconds since the simulation began.</summary>
    public double Now { get; private set; }

    /// <summary>Events that have happened.</summary>
    public long Happened { get; private set; }

    /// <summary>Comparisons of moments so far.</summary>
    public long Comparisons => _order.Count;

    /// <summary>Plans an event.</summary>
    /// <param name="moment">Not before <see cref="Now"/>.</param>
    public void Plan(double moment, T happening) => _events.Enqueue(happening, (moment, _planned++));

    /// <summary>Moves on to the next event; false when there is none.</summary>
    public bool TryNext(out T happening)
    {
        if (!_events.TryDequeue(out happening!, out (double Moment, long Number) at))
        {
            return false;
        }

        Now = at.Moment;
        Happened++;
        return true;
    }

    private sealed class Order : IComparer<(double Moment, long Number)>
    {
        public long Count { get; private set; }

        public int Compare((double Moment, long Number) x, (double Moment, long Number) y)
        {
            Count++;
            int order = x.Moment.CompareTo(y.Moment);
            return order != 0 ? order : x.Number.CompareTo(y.Number);
        }
    }
}
