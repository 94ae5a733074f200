using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Tests.Kernels;

/// <summary>The small kernels, against the framework's scalar functions.</summary>
public unsafe class ElementTests
{
    [Fact]
    public void Exponential_is_within_two_units_in_the_last_place()
    {
        double worst = 0;
        for (float x = -87f; x < 88.7f; x += 0.000917f)
        {
            double expected = Math.Exp(x);
            float actual = Exponential.Of(Vector512.Create(x))[5];
            double unit = MathF.BitIncrement((float)expected) - (float)expected;
            worst = Math.Max(worst, Math.Abs(actual - expected) / unit);
        }

        Assert.InRange(worst, 0.1, 2);
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(88.8f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(-104f, 0f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-103f, float.Epsilon)]
    [InlineData(float.NaN, float.NaN)]
    public void Exponential_keeps_to_its_ends(float x, float expected) =>
        Assert.Equal(expected, Exponential.Of(Vector512.Create(x))[0]);

    [Fact]
    public void Tanh_is_right_to_a_millionth_everywhere_and_odd_values_pass_through()
    {
        float[] x =
        [
            -100, -1, -0.21f, -0.2f, -0.1f, -1e-20f, 0, 1e-5f, 0.05f, 0.199f, 0.2f, 0.201f, 1, 5, 90,
            float.PositiveInfinity,
        ];
        float[] y = [.. x];
        fixed (float* target = y)
        {
            Activations.Tanh(target, 16);
        }

        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(Math.Tanh(x[i]), y[i], 1e-6 * Math.Abs(Math.Tanh(x[i])));
        }
    }

    [Fact]
    public void Transposed_matrix_has_every_number_in_its_place_and_zeros_beside() =>
        Prop.ForAll(
            Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(0, 9).ToArbitrary(),
            (rows, columns, slack) =>
            {
                float[] from = [.. Enumerable.Range(1, rows * columns)];
                float[] to = [.. Enumerable.Repeat(float.NaN, columns * (rows + slack))];
                fixed (float* source = from, target = to)
                {
                    Transpose.Padded(source, rows, columns, columns, target, rows + slack);
                }

                for (int j = 0; j < columns; j++)
                {
                    for (int i = 0; i < rows + slack; i++)
                    {
                        Assert.Equal(i < rows ? from[(i * columns) + j] : 0, to[(j * (rows + slack)) + i]);
                    }
                }
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Dot_product_is_right_for_every_length()
    {
        var random = new SeededRandom(5);
        for (int length = 0; length < 300; length++)
        {
            float[] x = [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
            float[] y = [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];
            fixed (float* left = x, right = y)
            {
                double expected = x.Zip(y).Sum(pair => (double)pair.First * pair.Second);

                Assert.Equal(expected, Reductions.Dot(left, right, length), 1e-5);
            }
        }
    }

    [Fact]
    public void Buffers_begin_on_a_cache_line()
    {
        for (int length = 0; length < 40; length++)
        {
            var buffer = new AlignedBuffer(length + 1);
            fixed (float* first = buffer.Span)
            {
                Assert.Equal(0u, (nuint)first % 64);
                Assert.Equal(length + 1, buffer.Span.Length);
            }
        }
    }
}
