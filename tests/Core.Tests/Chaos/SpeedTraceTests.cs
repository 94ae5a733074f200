using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Core.Tests.Chaos;

/// <summary>Goal: time to full speed is what a person would read off the curve. Method: curves made of straight pieces.</summary>
public sealed class SpeedTraceTests
{
    [Fact]
    public void Speed_is_the_slope_between_two_moments()
    {
        SpeedTrace trace = Curve((0, 0), (1, 100), (3, 500));

        Assert.Equal(100, trace.Speed(0.2, 0.8), 9);
        Assert.Equal(200, trace.Speed(1, 3), 9);
        Assert.Equal(150, trace.Speed(0.5, 1.5), 9);
        Assert.Equal(double.NaN, trace.Speed(2, 4));
    }

    [Fact]
    public void A_dip_lasts_until_the_first_window_that_is_as_fast_as_usual()
    {
        // Full speed, a stop of 2 s after the event at 10, then full speed again.
        SpeedTrace trace = Curve((0, 0), (10, 1000), (12, 1000), (30, 2800));

        Assert.Equal(100, trace.SpeedUsual(), 9);
        Assert.Equal(0, trace.SecondsToSpeed(5), 9);
        Assert.InRange(trace.SecondsToSpeed(10), 1.8, 2.1);
        Assert.Equal(0, trace.SecondsToSpeed(12.1), 9);
    }

    [Fact]
    public void A_run_that_ended_before_has_no_time_to_full_speed()
    {
        SpeedTrace trace = Curve((0, 0), (10, 1000), (20, 1001));

        Assert.Equal(double.NaN, trace.SecondsToSpeed(10.5));
        Assert.Equal(double.NaN, trace.SecondsToSpeed(25));
        Assert.Equal(double.NaN, new SpeedTrace().SpeedUsual());
        Assert.Equal(double.NaN, new SpeedTrace().SecondsToSpeed(1));
    }

    [Fact]
    public void A_count_that_goes_back_is_left_out_until_it_is_passed_again()
    {
        // What was redone after a rollback is no progress.
        SpeedTrace trace = Curve((0, 0), (1, 100), (1.5, 40), (2, 90), (3, 150));

        Assert.Equal(25, trace.Speed(1, 3), 9);
    }

    private static SpeedTrace Curve(params ReadOnlySpan<(double Seconds, long Count)> corners)
    {
        var trace = new SpeedTrace();
        for (int i = 0; i < corners.Length; i++)
        {
            (double from, long least) = i == 0 ? corners[0] : corners[i - 1];
            (double to, long most) = corners[i];
            int pieces = Math.Max(1, (int)Math.Round((to - from) / 0.1));
            for (int piece = 1; piece <= pieces; piece++)
            {
                trace.Add(from + ((to - from) * piece / pieces), least + ((most - least) * piece / pieces));
            }
        }

        return trace;
    }
}
