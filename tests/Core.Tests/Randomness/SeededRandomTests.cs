using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Randomness;

public class SeededRandomTests
{
    // From an independent implementation, held to the published vectors of SplitMix64 (seed 1234567) and xoshiro256** (state 1, 2, 3, 4).
    [Theory]
    [InlineData(0, 0, new ulong[] { 0x99EC5F36CB75F2B4, 0xBF6E1F784956452A, 0x1A5F849D4933E6E0, 0x6AA594F1262D2D2C })]
    [InlineData(42, 0, new ulong[] { 0x15780B2E0C2EC716, 0x6104D9866D113A7E, 0xAE17533239E499A1, 0xECB8AD4703B360A1 })]
    [InlineData(42, 1, new ulong[] { 0x651975049FE9C8F5, 0x3BCDF131397288C7, 0x8FB7530EFE17205E, 0x2B04008F6D31518A })]
    [InlineData(ulong.MaxValue, 7, new ulong[] { 0x00586CF12D4A9EED, 0x4D62B09075803BA1, 0x96119FEF1C10B332, 0x5AEC97FF3A498C4D })]
    public void First_numbers_are_golden(ulong seed, ulong stream, ulong[] expected)
    {
        SeededRandom random = new(seed, stream);

        Assert.Equal(expected, expected.Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void Derived_numbers_are_golden()
    {
        Assert.Equal([0, 3, 6, 9, 9, 7, 7, 8, 7, 5], Draw(10, random => random.NextInt(10)));
        Assert.Equal([1406987f / (1 << 24), 6358233f / (1 << 24), 11409235f / (1 << 24)], Draw(3, random => random.NextSingle()));
        Assert.Equal([0.08386297105988216, 0.3789802506626686, 0.6800434110281394], Draw(3, random => random.NextDouble()));
        double[] gaussians = Draw(3, random => random.NextGaussian());

        // The logarithm may differ in its last bit between systems.
        Assert.Equal(-0.7262191382447857, gaussians[0], 1e-14);
        Assert.Equal(0.2216227015035933, gaussians[1], 1e-14);
        Assert.Equal(0.46417731016247366, gaussians[2], 1e-14);
    }

    [Fact]
    public void Whole_numbers_are_equally_likely()
    {
        SeededRandom random = new(7);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.NextInt(7)]++;
        }

        // 6 degrees of freedom: above 22.5 once in a thousand; the seed is fixed.
        Assert.InRange(ChiSquare.Of(counts), 0, 22.5);
    }

    [Fact]
    public void Ranges_that_do_not_divide_the_words_are_drawn_without_leaving_them()
    {
        SeededRandom random = new(8);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.InRange(random.NextInt(int.MaxValue), 0, int.MaxValue - 1);
            Assert.Equal(0, random.NextInt(1));
            Assert.InRange(random.NextSingle(), 0f, 0.99999994f);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt(0));
    }

    [Fact]
    public void Gaussians_have_mean_zero_and_variance_one()
    {
        const int Count = 100_000;
        SeededRandom random = new(9);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < Count; i++)
        {
            double draw = random.NextGaussian();
            sum += draw;
            squares += draw * draw;
        }

        // Four standard deviations of the mean, 1/√n, and of the mean square, √(2/n).
        Assert.Equal(0, sum / Count, 4 / Math.Sqrt(Count));
        Assert.Equal(1, squares / Count, 4 * Math.Sqrt(2.0 / Count));
    }

    [Fact]
    public void Generator_that_prefers_one_number_is_caught() =>
        Assert.True(ChiSquare.Of([10_600, 9900, 9900, 9900, 9900, 9900, 9900]) > 22.5);

    private static T[] Draw<T>(int count, Func<SeededRandom, T> draw)
    {
        SeededRandom random = new(42);
        return [.. Enumerable.Range(0, count).Select(_ => draw(random))];
    }
}
