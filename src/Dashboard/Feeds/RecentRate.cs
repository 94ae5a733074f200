namespace OrleansSgd.Dashboard.Feeds;

/// <summary>Samples per second over the last few seconds.</summary>
internal sealed class RecentRate
{
    private const double WindowSeconds = 5;

    private readonly Queue<(double Seconds, long Samples)> _points = new();
    private (double Seconds, long Samples) _newest;

    /// <summary>Samples per second; NaN before two points in time.</summary>
    public double PerSecond => _points.TryPeek(out (double Seconds, long Samples) oldest) && _newest.Seconds > oldest.Seconds
        ? (_newest.Samples - oldest.Samples) / (_newest.Seconds - oldest.Seconds)
        : double.NaN;

    /// <summary>Adds a measurement. One that goes back begins anew: a resumed run counts from its checkpoint.</summary>
    public void Add(double seconds, long samples)
    {
        if (seconds < _newest.Seconds || samples < _newest.Samples)
        {
            _points.Clear();
        }

        if (_points.Count == 0 || seconds > _newest.Seconds)
        {
            _newest = (seconds, samples);
            _points.Enqueue(_newest);
        }

        while (_points.Count > 2 && _points.Peek().Seconds < seconds - WindowSeconds)
        {
            _points.Dequeue();
        }
    }

    /// <summary>Seconds until there are so many samples; NaN when not known.</summary>
    public double SecondsUntil(long total) => PerSecond > 0 ? Math.Max(0, total - _newest.Samples) / PerSecond : double.NaN;
}
