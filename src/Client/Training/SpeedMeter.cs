namespace OrleansSgd.Client.Training;

/// <summary>Samples per second of late: over the last few seconds, so that it settles quickly and does not jump.</summary>
internal sealed class SpeedMeter
{
    private const double WindowSeconds = 3;

    private readonly Queue<(double Seconds, long Samples)> _points = new();
    private (double Seconds, long Samples) _newest;

    /// <summary>Samples per second; NaN before two points in time.</summary>
    public double Rate => _points.TryPeek(out var oldest) && _newest.Seconds > oldest.Seconds
        ? (_newest.Samples - oldest.Samples) / (_newest.Seconds - oldest.Seconds)
        : double.NaN;

    /// <summary>Adds a measurement. A job that goes on from a checkpoint is back at an earlier time: what was measured before counts no more.</summary>
    public void Add(double seconds, long samples)
    {
        if (seconds < _newest.Seconds || samples < _newest.Samples)
        {
            _points.Clear();
        }

        _newest = (seconds, samples);
        _points.Enqueue(_newest);
        while (_points.Count > 2 && _points.Peek().Seconds < seconds - WindowSeconds)
        {
            _points.Dequeue();
        }
    }

    /// <summary>Seconds until <paramref name="total"/> samples at this speed; NaN when unknown.</summary>
    public double SecondsUntil(long total) => Rate > 0 ? Math.Max(0, total - _newest.Samples) / Rate : double.NaN;
}
