using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Chaos;

namespace OrleansSgd.Core.Tests.Chaos;

/// <summary>Goal: a moment of a script is read as it is written, to the last bit, and what is none is refused.</summary>
public sealed class ChaosTimeTests
{
    [Theory]
    [InlineData("30s", ChaosClock.Seconds, 30)]
    [InlineData("0.25s", ChaosClock.Seconds, 0.25)]
    [InlineData("500ms", ChaosClock.Seconds, 0.5)]
    [InlineData("5m", ChaosClock.Seconds, 300)]
    [InlineData("1.5h", ChaosClock.Seconds, 5400)]
    [InlineData("2000t", ChaosClock.Tickets, 2000)]
    [InlineData("0s", ChaosClock.Seconds, 0)]
    public void Text_with_a_unit_is_read(string text, ChaosClock clock, double value)
    {
        Assert.True(ChaosTime.TryParse(text, out ChaosTime time));
        Assert.Equal(new ChaosTime(clock, value), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1,5s")]
    [InlineData("NaNs")]
    [InlineData("1e3s")]
    [InlineData("1.5t")]
    [InlineData("9999999999999s")]
    [InlineData(" 3s")]
    [InlineData("3 days")]
    public void Text_that_is_no_time_is_refused(string text) => Assert.False(ChaosTime.TryParse(text, out _));

    [Theory]
    [InlineData(33045396, -12, "0.000033045396s")]
    [InlineData(1, -12, "0.000000000001s")]
    [InlineData(123456789, -20, "0.00000000000123456789s")]
    public void Small_numbers_have_as_many_digits_as_they_need_and_no_exponent(int digits, int power, string text)
    {
        double seconds = double.Parse($"{digits}e{power}", CultureInfo.InvariantCulture);

        Assert.Equal(text, ChaosTime.OfSeconds(seconds).ToString());
    }

    [Fact]
    public void Whatever_is_written_is_read_again_to_the_last_bit() => Prop.ForAll(
        (from digits in Gen.Choose(0, int.MaxValue) from power in Gen.Choose(-30, 2) select (digits, power)).ToArbitrary(),
        drawn =>
        {
            var time = ChaosTime.OfSeconds(drawn.digits * Math.Pow(10, drawn.power));
            Assert.True(ChaosTime.TryParse(time.ToString(), out ChaosTime read), time.ToString());
            Assert.Equal(time, read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
