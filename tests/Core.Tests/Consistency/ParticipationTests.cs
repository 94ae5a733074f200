using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

public class ParticipationTests
{
    [Fact]
    public void Chi_square_is_the_sum_of_squared_misses_over_what_is_due()
    {
        var test = ParticipationTest.Of([8, 12, 10]);
        Assert.Equal(0.8, test.ChiSquare, 1e-12);
        Assert.Equal((2, ParticipationVerdict.Even), (test.Degrees, test.Verdict));
    }

    [Theory]
    [InlineData(3, 0.99, 11.345)]
    [InlineData(10, 0.99, 23.209)]
    [InlineData(10, 0.95, 18.307)]
    [InlineData(99, 0.99, 134.642)]
    public void Limit_is_the_quantile_of_the_tables(int degrees, double confidence, double expected)
    {
        long[] counts = new long[degrees + 1];
        Array.Fill(counts, 10);
        Assert.Equal(expected, ParticipationTest.Of(counts, confidence).ChiSquareMax, 0.01 * expected);
    }

    [Fact]
    public void Shares_are_what_is_due() =>
        Assert.Equal(0, ParticipationTest.Of([10, 20, 5], [2, 4, 1]).ChiSquare, 1e-12);

    [Fact]
    public void Too_few_uses_are_undecided()
    {
        Assert.Equal(ParticipationVerdict.Undecided, ParticipationTest.Of([4, 4]).Verdict);
        Assert.Equal(ParticipationVerdict.Undecided, ParticipationTest.Of([400]).Verdict);
        Assert.Equal(ParticipationVerdict.Undecided, ParticipationTest.Of([]).Verdict);
        Assert.Equal(ParticipationVerdict.Undecided, ParticipationTest.Of([100, 1], [100, 1]).Verdict);
    }

    [Fact]
    public void Arguments_out_of_range_are_named()
    {
        Assert.Throws<ArgumentException>(() => ParticipationTest.Of([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => ParticipationTest.Of([1, 2], [1, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ParticipationTest.Of([1, -2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ParticipationTest.Of([1, 2], 1));
    }

    [Fact]
    public void Even_counts_pass_as_often_as_the_confidence_says_and_a_favoured_range_is_caught()
    {
        int even = 0;
        for (ulong seed = 1; seed <= 1000; seed++)
        {
            SeededRandom random = new(seed);
            long[] counts = new long[20];
            for (int i = 0; i < 2000; i++)
            {
                counts[random.NextInt(20)]++;
            }

            even += ParticipationTest.Of(counts).Verdict == ParticipationVerdict.Even ? 1 : 0;
            counts[3] += 100;
            Assert.Equal(ParticipationVerdict.Uneven, ParticipationTest.Of(counts, 0.9).Verdict);
        }

        // 990 are due, give or take 3.1.
        Assert.InRange(even, 977, 1000);
    }
}
