using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <summary>A run's figures over its time, kept with its checkpoints: few enough to be written each time, and as many for an hour as for a month.</summary>
/// <remarks>
/// Whether a point is due depends on the last one alone, so a curve that comes out of a checkpoint goes on as if nothing had been. When there are too
/// many, every second goes, from the first on, which stays. Not thread-safe.
/// </remarks>
internal sealed class JobCurve
{
    /// <summary>Points that are kept: some 60 KB of a checkpoint, and finer than a plot of a report is wide when half of them have just gone.</summary>
    public const int CountMax = 256;

    private readonly List<JobPoint> _points = [];

    /// <summary>In order of time.</summary>
    public IReadOnlyList<JobPoint> Points => _points;

    /// <summary>Whether a point at this time would be kept.</summary>
    /// <param name="seconds">Since training began.</param>
    public bool IsDue(double seconds) => _points.Count == 0 || seconds - _points[^1].Seconds > _points[^1].Seconds / CountMax;

    /// <summary>Adds a point that is due.</summary>
    public void Add(JobPoint point)
    {
        if (_points.Count >= CountMax)
        {
            for (int at = 0; 2 * at < _points.Count; at++)
            {
                _points[at] = _points[2 * at];
            }

            _points.RemoveRange((_points.Count + 1) / 2, _points.Count / 2);
        }

        _points.Add(point);
    }

    /// <summary>Goes on where a checkpoint was.</summary>
    public void GoOn(IEnumerable<JobPoint> points) => _points.InsertRange(0, points);
}
