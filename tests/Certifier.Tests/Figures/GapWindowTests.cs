using OrleansSgd.Certifier.Figures;

namespace OrleansSgd.Certifier.Tests.Figures;

public sealed class GapWindowTests
{
    [Fact]
    public void Blocks_are_ten_delays_long_and_the_oldest_gaps_fill_none()
    {
        // 63 gaps, delay 1: six blocks of ten; the first three gaps are left out.
        double[] gaps = [.. Enumerable.Range(0, 63).Select(at => at < 3 ? 1000.0 : (at - 3) / 10)];
        GapWindow window = GapWindow.Of(gaps, delayMax: 1);
        Assert.Equal((6, 2.5), (window.BlockCount, window.Mean));

        // Means 0 … 5 deviate by 2.5, 1.5, 0.5: squares 17.5, over 5, over 6.
        Assert.Equal(Math.Sqrt(17.5 / 5 / 6), window.Error, 1e-12);
    }

    [Fact]
    public void Fewer_than_five_blocks_decide_nothing()
    {
        Assert.Equal(ConditionVerdict.Undecided, GapWindow.Of(new double[49], delayMax: 1).Verdict(bound: 1, confidence: 0.99));
        Assert.Equal(ConditionVerdict.Holds, GapWindow.Of(new double[50], delayMax: 1).Verdict(bound: 1, confidence: 0.99));
        Assert.Equal(ConditionVerdict.Undecided, GapWindow.Of(new double[50], delayMax: 1).Verdict(bound: double.NaN, confidence: 0.99));
    }

    [Fact]
    public void Mean_between_the_limits_is_not_shown()
    {
        GapWindow window = GapWindow.Of([.. Enumerable.Range(0, 100).Select(at => (double)(at / 5))], delayMax: 0);
        Assert.Equal(ConditionVerdict.NotShown, window.Verdict(Math.Sqrt(window.Mean), 0.99));
        Assert.Equal(ConditionVerdict.Violated, window.Verdict(0.1, 0.99));
        Assert.Equal(ConditionVerdict.Holds, window.Verdict(100, 0.99));
    }
}
