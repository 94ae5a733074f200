using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>The run's figures for all who watch it, and over time: who begins to watch sees them from the first second on, whichever process was its coordinator then.</content>
public sealed partial class JobGrain
{
    // Hundreds may watch; what the monitor says takes longer than the rest of an answer, since it sorts a window of delays and tests every slice.
    private static readonly TimeSpan ReportAgeMax = TimeSpan.FromMilliseconds(100);

    private readonly JobCurve _curve = new();
    private MonitorReport? _reported;
    private long _reportedAt;
    private JobPoint[]? _curveEnded;

    /// <inheritdoc/>
    public Task<JobPoint[]> Curve()
    {
        Seek();
        return Task.FromResult<JobPoint[]>(_curveEnded ?? [.. _curve.Points]);
    }

    private MonitorReport? ReportLately()
    {
        if (_run is { } run && (_reported is null || time.GetElapsedTime(_reportedAt) > ReportAgeMax))
        {
            _reported = run.Ledger.Report();
            _reportedAt = time.GetTimestamp();
        }

        return _reported;
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
