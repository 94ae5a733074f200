using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Parts;

public sealed class RecoveryClockTests
{
    private readonly HandTime _time = new();

    [Fact]
    public void Start_of_a_run_is_no_recovery()
    {
        var clock = new RecoveryClock(_time);

        clock.Observe(isWhole: false);
        _time.Advance(seconds: 3);
        clock.Observe(isWhole: true);

        Assert.True(double.IsNaN(clock.SecondsMax));
    }

    [Fact]
    public void Longest_of_several_recoveries_counts()
    {
        var clock = new RecoveryClock(_time);
        clock.Observe(isWhole: true);

        foreach (double seconds in (double[])[1.5, 4, 2])
        {
            clock.Observe(isWhole: false);
            _time.Advance(seconds / 2);
            clock.Observe(isWhole: false);
            _time.Advance(seconds / 2);
            clock.Observe(isWhole: true);
            _time.Advance(seconds: 60);
        }

        Assert.Equal(4, clock.SecondsMax, 9);
    }

    private sealed class HandTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(double seconds) => _ticks += (long)(seconds * TimeSpan.TicksPerSecond);
    }
}
