using System.Diagnostics;

namespace OrleansSgd.Telemetry.Spans;

/// <summary>Turns readings of the stopwatch of the recent past into times of day.</summary>
internal readonly struct SpanClock
{
    private readonly long _timestamp;
    private readonly DateTimeOffset _time;

    private SpanClock(long timestamp, DateTimeOffset time)
    {
        _timestamp = timestamp;
        _time = time;
    }

    public static SpanClock Now() => new(Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());

    public DateTimeOffset At(long timestamp) => _time - Stopwatch.GetElapsedTime(timestamp, _timestamp);
}
