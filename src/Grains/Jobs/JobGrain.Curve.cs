using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>The run's figures over time: who begins to watch sees them from the first second on, whichever process was its coordinator then.</content>
public sealed partial class JobGrain
{
    private readonly JobCurve _curve = new();
    private JobPoint[]? _curveEnded;

    /// <inheritdoc/>
    public Task<JobPoint[]> Curve()
    {
        Seek();
        return Task.FromResult<JobPoint[]>(_curveEnded ?? [.. _curve.Points]);
    }

    private void NotePoint()
    {
        if (_phase == JobPhase.Running && _curve.IsDue(Seconds))
        {
            _curve.Add(JobPoint.Of(ProgressNow(int.MaxValue)));
        }
    }

    // A checkpoint's own moment is where the next coordinator goes on.
    private JobPoint[] PointsUntilNow() => [.. _curve.Points, JobPoint.Of(ProgressNow(int.MaxValue))];
}
