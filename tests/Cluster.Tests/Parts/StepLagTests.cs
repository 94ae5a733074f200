using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Cluster.Tests.Parts;

/// <summary>Goal: a slow silo is as much slower as it is said to be, whatever the length of a step. Method: a clock that only the test moves.</summary>
public sealed class StepLagTests
{
    [Theory]
    [InlineData(3, 0.010)]
    [InlineData(5, 0.0001)]
    [InlineData(1.5, 0.5)]
    public async Task Steps_take_so_many_times_as_long(double slowness, double stepSeconds)
    {
        using var pool = new ComputePool(1) { Slowness = slowness };
        var time = new PausingTime();
        var lag = new StepLag(pool, time);
        const int steps = 1000;

        for (int i = 0; i < steps; i++)
        {
            time.Pass(stepSeconds);
            await lag.AfterAsync(stepSeconds, CancellationToken.None);
        }

        Assert.InRange(time.Seconds / (steps * stepSeconds), slowness * 0.95, slowness * 1.05);
    }

    [Fact]
    public async Task At_full_speed_nothing_is_waited_for_and_nothing_is_owed_from_before()
    {
        using var pool = new ComputePool(1) { Slowness = 2 };
        var time = new PausingTime();
        var lag = new StepLag(pool, time);
        await lag.AfterAsync(0.001, CancellationToken.None); // owed, but too short for a timer

        pool.Slowness = 1;
        await lag.AfterAsync(1, CancellationToken.None);
        pool.Slowness = 2;
        await lag.AfterAsync(0.0015, CancellationToken.None);

        Assert.Equal(0, time.Seconds);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Slowness = 0.5);
    }

    /// <summary>Whoever waits for a timer is woken at once, and the clock has moved by what was waited for.</summary>
    private sealed class PausingTime : TimeProvider
    {
        public double Seconds { get; private set; }

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => 1 + (long)(Seconds * TimestampFrequency);

        public void Pass(double seconds) => Seconds += seconds;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
            {
                Pass(dueTime.TotalSeconds);
            }

            return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
