namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>A clock that goes on by the same time whenever it is read.</summary>
internal sealed class SteppingTime(double secondsPerReading) : TimeProvider
{
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks += (long)(secondsPerReading * TimeSpan.TicksPerSecond);
}
