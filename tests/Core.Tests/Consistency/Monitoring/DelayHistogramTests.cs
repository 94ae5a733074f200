using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Consistency.Monitoring;

namespace OrleansSgd.Core.Tests.Consistency.Monitoring;

public sealed class DelayHistogramTests
{
    private static readonly Arbitrary<int[]> Delays = Gen.OneOf(Gen.Choose(0, 70), Gen.Choose(0, 5000)).ArrayOf().ToArbitrary();

    [Fact]
    public void Every_delay_is_counted_once_in_the_bin_it_belongs_to() => Prop.ForAll(Delays, delays =>
    {
        var histogram = new DelayHistogram();
        foreach (int delay in delays)
        {
            histogram.Add(delay);
        }

        long[] expected = new long[delays.Length == 0 ? 0 : (delays.Max() / histogram.Width) + 1];
        foreach (int delay in delays)
        {
            expected[delay / histogram.Width]++;
        }

        Assert.Equal(expected, histogram.Counts.ToArray());
        Assert.True(histogram.Counts.Length <= DelayHistogram.BinsMax);
        Assert.True(histogram.Width == 1 || delays.Max() >= DelayHistogram.BinsMax * histogram.Width / 2, "wider than it has to be");
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_delays_does_not_matter()
    {
        var up = new DelayHistogram();
        var down = new DelayHistogram();
        for (int delay = 0; delay < 300; delay++)
        {
            up.Add(delay);
            down.Add(299 - delay);
        }

        Assert.Equal(up.Counts.ToArray(), down.Counts.ToArray());
        Assert.Equal(up.Width, down.Width);
        Assert.Equal(8, up.Width);
    }

    [Fact]
    public void A_delay_below_0_is_refused_and_changes_nothing()
    {
        var histogram = new DelayHistogram();

        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Add(-1));
        Assert.True(histogram.Counts.IsEmpty);
    }
}
