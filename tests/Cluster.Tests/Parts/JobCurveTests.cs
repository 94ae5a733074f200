using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Cluster.Tests.Parts;

public sealed class JobCurveTests
{
    private const double PollSeconds = 0.25;

    [Theory]
    [InlineData(10)]
    [InlineData(3600)]
    [InlineData(86_400)]
    public void A_curve_stays_short_has_its_beginning_and_leaves_no_long_stretch_out(double end)
    {
        JobCurve curve = Run(new JobCurve(), 0, end);

        double[] seconds = [.. curve.Points.Select(point => point.Seconds)];
        Assert.InRange(seconds.Length, 2, JobCurve.CountMax);
        Assert.Equal(0, seconds[0]);
        Assert.Equal(seconds.Order(), seconds);
        double between = seconds.Zip(seconds.Skip(1), (before, after) => after - before).Append(end - seconds[^1]).Max();
        Assert.InRange(between, 0, Math.Max(2 * PollSeconds, end / 40)); // a step of a fortieth of a plot still looks like a line
    }

    [Fact]
    public void A_curve_out_of_a_checkpoint_goes_on_as_the_one_that_was_written()
    {
        JobCurve whole = Run(new JobCurve(), 0, 1000);
        var resumed = new JobCurve();
        resumed.GoOn(Run(new JobCurve(), 0, 500).Points);

        Run(resumed, 500 + PollSeconds, 1000);

        Assert.Equal(whole.Points, resumed.Points);
    }

    private static JobCurve Run(JobCurve curve, double from, double to)
    {
        for (double now = from; now <= to; now += PollSeconds)
        {
            if (curve.IsDue(now))
            {
                curve.Add(new JobPoint(now, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, null));
            }
        }

        return curve;
    }
}
