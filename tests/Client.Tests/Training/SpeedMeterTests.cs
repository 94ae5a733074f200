using OrleansSgd.Client.Training;

namespace OrleansSgd.Client.Tests.Training;

public sealed class SpeedMeterTests
{
    [Fact]
    public void Nothing_is_known_before_two_measurements()
    {
        var meter = new SpeedMeter();
        Assert.True(double.IsNaN(meter.Rate));
        meter.Add(1, 100);
        Assert.True(double.IsNaN(meter.Rate));
        Assert.True(double.IsNaN(meter.SecondsUntil(200)));
    }

    [Fact]
    public void The_speed_is_that_of_the_last_seconds()
    {
        var meter = new SpeedMeter();
        for (int second = 0; second <= 10; second++)
        {
            meter.Add(second, second * 100);
        }

        // Ten times as fast from here on: after the window the old speed is forgotten.
        for (int second = 11; second <= 20; second++)
        {
            meter.Add(second, 1000 + ((second - 10) * 1000));
        }

        Assert.Equal(1000, meter.Rate);
        Assert.Equal(2, meter.SecondsUntil(13_000));
        Assert.Equal(0, meter.SecondsUntil(0));
    }
}
