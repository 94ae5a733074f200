using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Dashboard.Feeds;

namespace OrleansSgd.Dashboard.Tests.Feeds;

/// <summary>Goal: a curve stays short and still shows the whole run. Method: laws over runs of any length.</summary>
public sealed class CurveTests
{
    [Fact]
    public void However_long_a_run_is_its_curve_is_short_in_order_and_has_both_ends() =>
        Prop.ForAll(Gen.Choose(1, 40_000).ToArbitrary(), count =>
        {
            CurvePoint[] points = [.. CurveOf(count).Points];
            double[] seconds = [.. points.Select(point => point.Seconds)];

            Assert.InRange(points.Length, 1, Curve.CountMax + 1);
            Assert.Equal((0, count - 1), (seconds[0], seconds[^1]));
            Assert.Equal(seconds.Order().Distinct(), seconds);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_left_out_is_left_out_evenly()
    {
        double[] seconds = [.. CurveOf(30_000).Points.Select(point => point.Seconds)];
        double[] steps = [.. seconds.Zip(seconds.Skip(1), (one, next) => next - one).SkipLast(1)];

        Assert.Equal([16.0], steps.Distinct()); // 30 000 points, 2048 places: every sixteenth
    }

    [Fact]
    public void A_point_that_is_no_later_takes_the_place_of_the_newest()
    {
        Curve curve = CurveOf(3);
        curve.Add(Point(2) with { Loss = 7 });

        Assert.Equal([0, 1, 2], curve.Points.Select(point => point.Seconds));
        Assert.Equal(7, curve.Points.Last().Loss);
    }

    private static Curve CurveOf(int count)
    {
        var curve = new Curve();
        for (int i = 0; i < count; i++)
        {
            curve.Add(Point(i));
        }

        return curve;
    }

    private static CurvePoint Point(double seconds) => default(CurvePoint) with { Seconds = seconds };
}
