using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Consistency;

public class CountSketchTests
{
    [Fact]
    public void Sparse_and_dense_input_give_the_same_sketch() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        CountSketch family = new(64 << random.NextInt(3), seed, random.NextInt(4));
        float[] values = Values(random, 1 + random.NextInt(1000));
        uint[] indices = [.. Enumerable.Range(0, values.Length).Select(i => (uint)i)];
        double[] dense = new double[family.Width];
        double[] sparse = new double[family.Width];

        family.Add(values, dense);
        family.Add(indices, values, sparse);

        Assert.Equal(sparse, dense);
        family.Subtract(values, sparse);
        Assert.Equal(0, CountSketch.NormSquared(sparse));
        family.Subtract(indices, values, dense);
        Assert.Equal(0, CountSketch.NormSquared(dense));
    });

    [Fact]
    public void Sketch_of_a_sum_is_the_sum_of_the_sketches() => SeedLaw.ForAll(seed =>
    {
        SeededRandom random = new(seed);
        CountSketch family = new(128, seed, 0);
        float[] a = [.. Enumerable.Range(0, 700).Select(_ => (float)random.NextInt(1000))];
        float[] b = [.. Enumerable.Range(0, 700).Select(_ => (float)random.NextInt(1000))];
        double[] parts = new double[128];
        double[] whole = new double[128];

        family.Add(a, parts);
        family.Add(b, parts);
        family.Add(a.Zip(b, (x, y) => x + y).ToArray(), whole);

        Assert.Equal(whole, parts);
    });

    [Theory]
    [InlineData(128, 1000)]
    [InlineData(256, 5000)]
    [InlineData(128, 7)]
    public void Squared_norm_is_unbiased_with_the_promised_error(int width, int length)
    {
        const int Trials = 2000;
        SeededRandom random = new(20_253);
        float[] values = Values(random, length);

        // A few large coordinates are the hard case: their collisions do not average out.
        values[0] = values[length / 2] = values[^1] = 10;
        double exact = AsyncRun.NormSquared(values);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < Trials; i++)
        {
            CountSketch family = new(width, (ulong)i, 0);
            double[] sketch = new double[width];
            family.Add(values, sketch);
            double relative = (CountSketch.NormSquared(sketch) / exact) - 1;
            sum += relative;
            squares += relative * relative;
        }

        double deviation = Math.Sqrt(2.0 / width);
        Assert.InRange(sum / Trials, -4 * deviation / Math.Sqrt(Trials), 4 * deviation / Math.Sqrt(Trials));
        Assert.True(Math.Sqrt(squares / Trials) < 1.1 * deviation, $"Deviation is {Math.Sqrt(squares / Trials):p1}, promised {deviation:p1}.");
    }

    [Fact]
    public void Widths_that_are_no_power_of_two_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new CountSketch(100, 1, 0));
        Assert.Throws<ArgumentException>(() => new CountSketch(32, 1, 0));
        Assert.Throws<ArgumentException>(() => new CountSketch(64, 1, 0).Add([1f], new double[63]));
    }

    private static float[] Values(SeededRandom random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (float)random.NextGaussian())];
}
