using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Experiments.Plots;

namespace OrleansSgd.Experiments.Tests.Plots;

public sealed class PlotThinningTests
{
    private static readonly Arbitrary<(int[] Heights, int Most)> Lines =
        (from heights in Gen.Choose(-1000, 1000).ArrayOf()
         from times in Gen.Choose(1, 40)
         from most in Gen.Choose(4, 60)
         select (Enumerable.Repeat(heights, times).SelectMany(one => one).ToArray(), most)).ToArbitrary();

    [Fact]
    public void A_thinned_line_is_short_keeps_its_order_its_ends_and_its_extremes() => Prop.ForAll(Lines, line =>
    {
        PlotPoint[] points = [.. line.Heights.Select((height, x) => new PlotPoint(x, height))];

        IReadOnlyList<PlotPoint> kept = PlotThinning.Of(points, line.Most);

        Assert.True(kept.Count <= Math.Max(line.Most, 0));
        Assert.Equal(kept.OrderBy(point => point.X), kept);
        Assert.All(kept, point => Assert.Equal(points[(int)point.X], point));
        if (points.Length == 0)
        {
            return;
        }

        Assert.Equal((points[0], points[^1]), (kept[0], kept[^1]));
        Assert.Equal(points.Max(point => point.Y.Mean), kept.Max(point => point.Y.Mean));
        Assert.Equal(points.Min(point => point.Y.Mean), kept.Min(point => point.Y.Mean));
        Assert.Equal(points.Length <= line.Most, kept.Count == points.Length);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void One_spike_among_a_hundred_thousand_points_survives()
    {
        PlotPoint[] points = [.. Enumerable.Range(0, 100_000).Select(x => new PlotPoint(x, x == 54_321 ? 9 : 1))];

        IReadOnlyList<PlotPoint> kept = PlotThinning.Of(points);

        Assert.Contains(new PlotPoint(54_321, 9), kept);
        Assert.True(kept.Count <= PlotThinning.PointsMax);

        // Every fiftieth point, the obvious way, loses it.
        Assert.DoesNotContain(points.Where((_, i) => i % 50 == 0), point => point.Y.Mean == 9);
    }

    [Fact]
    public void What_cannot_be_shown_is_left_out() => Assert.Equal(
        [new PlotPoint(1, 2)], PlotThinning.Of([new PlotPoint(0, double.NaN), new PlotPoint(1, 2), new PlotPoint(2, double.PositiveInfinity)]));
}
