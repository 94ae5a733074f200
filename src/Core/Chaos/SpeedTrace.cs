namespace OrleansSgd.Core.Chaos;

/// <summary>How fast a run was at each moment, and how long it took to get its speed back after an event.</summary>
/// <remarks>Fed with counts at moments; everything is computed when somebody asks. Times in seconds since the run began.</remarks>
public sealed class SpeedTrace
{
    /// <summary>Length of the stretch over which a speed is measured: several holds of a slow answer, and a tenth of what users call soon.</summary>
    public const double WindowDefault = 0.5;

    /// <summary>Full speed is this share of the usual one: below the spread of undisturbed windows on a shared machine.</summary>
    public const double ShareDefault = 0.8;

    private readonly List<(double Seconds, long Count)> _points = [];

    /// <summary>Adds a count; a moment that is not later than the one before, or a count below it, is left out.</summary>
    /// <param name="seconds">When.</param>
    /// <param name="count">Tickets or samples so far.</param>
    public void Add(double seconds, long count)
    {
        if (_points.Count == 0 || (seconds > _points[^1].Seconds && count >= _points[^1].Count))
        {
            _points.Add((seconds, count));
        }
    }

    /// <summary>Count a second between two moments; NaN when one is outside of what was measured.</summary>
    public double Speed(double from, double to) => (CountAt(to) - CountAt(from)) / (to - from);

    /// <summary>Median speed over windows that lie end to end; NaN when the run was shorter than one.</summary>
    public double SpeedUsual(double window = WindowDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        var speeds = new List<double>();
        double end = _points.Count == 0 ? double.NaN : _points[^1].Seconds;
        for (double at = _points.Count == 0 ? double.NaN : _points[0].Seconds; at + window <= end; at += window)
        {
            speeds.Add(Speed(at, at + window));
        }

        speeds.Sort();
        return speeds.Count == 0 ? double.NaN : speeds[speeds.Count / 2];
    }

    /// <summary>Seconds from a moment to the beginning of the first window that is as fast as usual; NaN when none was.</summary>
    /// <param name="at">The moment of the event.</param>
    /// <param name="window">Length of a window, in seconds.</param>
    /// <param name="share">How much of the usual speed is full speed, above 0, at most 1.</param>
    public double SecondsToSpeed(double at, double window = WindowDefault, double share = ShareDefault)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        double wanted = share * SpeedUsual(window);
        foreach (double from in _points.Select(point => point.Seconds).Where(seconds => seconds > at).Prepend(at))
        {
            if (Speed(from, from + window) >= wanted)
            {
                return from - at;
            }
        }

        return double.NaN;
    }

    // Between two points the count grows evenly.
    private double CountAt(double seconds)
    {
        if (_points.Count == 0 || seconds < _points[0].Seconds || seconds > _points[^1].Seconds)
        {
            return double.NaN;
        }

        int low = 0;
        int high = _points.Count - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = _points[middle].Seconds <= seconds ? (middle, high) : (low, middle);
        }

        (double before, long least) = _points[low];
        (double after, long most) = _points[high];
        return after > before ? least + ((most - least) * (seconds - before) / (after - before)) : least;
    }
}
