namespace OrleansSgd.Core.Scaling;

/// <summary>Samples per second since the number of silos changed, over a window at most.</summary>
/// <remarks>
/// The first part after a change is not counted: silos that came have members to start, and those of silos that went start elsewhere.
/// Counts that go back (a run that was resumed from a checkpoint) begin a new measurement.
/// </remarks>
public sealed class ThroughputWindow
{
    // One a second for an hour would be more than any decision needs.
    private const int PointsMax = 256;

    private readonly Queue<(TimeSpan At, long Samples)> _points = new();
    private readonly TimeSpan _settle;
    private readonly TimeSpan _least;
    private readonly TimeSpan _length;
    private TimeSpan _from;
    private (TimeSpan At, long Samples) _last;

    /// <param name="settle">How long after a change nothing is counted.</param>
    /// <param name="least">Shortest measurement that says something; above 0.</param>
    /// <param name="length">Longest that is looked back; at least <paramref name="least"/>.</param>
    public ThroughputWindow(TimeSpan settle, TimeSpan least, TimeSpan length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settle, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(least, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, least);
        _settle = settle;
        _least = least;
        _length = length;
    }

    /// <summary>NaN before there is a long enough measurement.</summary>
    public double SamplesPerSecond =>
        _points.TryPeek(out (TimeSpan At, long Samples) first) && _last.At - first.At >= _least
            ? (_last.Samples - first.Samples) / (_last.At - first.At).TotalSeconds
            : double.NaN;

    /// <summary>The number of silos, or what they work on, changed: what was measured says nothing of what comes.</summary>
    public void Restart(TimeSpan now)
    {
        _points.Clear();
        _from = now + _settle;
    }

    /// <summary>So many samples are used by now.</summary>
    /// <param name="now">Not before the last call's.</param>
    /// <param name="samples">Of all jobs since they began.</param>
    public void Add(TimeSpan now, long samples)
    {
        if (now < _from)
        {
            return;
        }

        if (_points.Count > 0 && samples < _last.Samples)
        {
            _points.Clear();
        }

        _last = (now, samples);
        _points.Enqueue(_last);

        // What is left still spans the window.
        while (_points.Count > PointsMax || (_points.Count > 2 && now - _points.ElementAt(1).At >= _length))
        {
            _points.Dequeue();
        }
    }
}
