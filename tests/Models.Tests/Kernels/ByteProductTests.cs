using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Tests.Kernels;

/// <summary>Goal: a product with samples that are bytes has the bits of the product with floats made of them, and reads nothing beyond a row.
/// Method: random shapes around the edges of tiles and blocks, rows in any order up to the end of their table, guards around C.</summary>
public unsafe class ByteProductTests
{
    private const float Guard = 12345f;
    private const float Centre = 33.318f;
    private const float Scale = 1f / 78.567f;

    // Depth and columns are samples and features, or the other way round.
    private sealed record Shape(int Rows, int Samples, int Features, bool IsTurned, bool Accumulate, ulong Seed)
    {
        public int Columns => IsTurned ? Samples : Features;

        public int Depth => IsTurned ? Features : Samples;
    }

    private delegate void Product(Shape shape, float[] a, byte[] table, int[] starts, float[] c);

    [Fact]
    public void Product_has_the_bits_of_the_product_with_floats() =>
        Prop.ForAll(Shapes(), shape => Assert.Null(Complaint(shape, OfBytes))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(10, 64, 784)]
    [InlineData(256, 64, 784)]
    [InlineData(7, 65, 65)]
    [InlineData(6, 16, 16)]
    [InlineData(3, 512, 17)]
    public void Product_has_the_bits_of_the_product_with_floats_at_the_edges(int rows, int samples, int features)
    {
        foreach (bool flag in (bool[])[false, true])
        {
            Assert.Null(Complaint(new Shape(rows, samples, features, flag, !flag, 99), OfBytes));
            Assert.Null(Complaint(new Shape(rows, samples, features, flag, flag, 98), OfBytes));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Planted_exchange_of_two_samples_is_caught(bool isTurned)
    {
        var shape = new Shape(5, 20, 40, isTurned, Accumulate: false, 7);

        Assert.NotNull(Complaint(shape, (shape, a, table, starts, c) => OfBytes(shape, a, table, [starts[1], starts[0], .. starts[2..]], c)));
    }

    private static string? Complaint(Shape shape, Product product)
    {
        var random = new SeededRandom(shape.Seed);
        float[] a = [.. Enumerable.Range(0, shape.Rows * shape.Depth).Select(_ => (2 * random.NextSingle()) - 1)];

        // Exactly as long as its rows, and every row is used.
        byte[] table = [.. Enumerable.Range(0, shape.Samples * shape.Features).Select(_ => (byte)random.NextInt(256))];
        int[] starts = [.. Enumerable.Range(0, shape.Samples).Select(row => (shape.Samples - 1 - row) * shape.Features)];
        float[] c = [.. Enumerable.Repeat(Guard, (shape.Rows * shape.Columns) + 1)];
        float[] expected = [.. c];
        OfFloats(shape, a, table, starts, expected);

        product(shape, a, table, starts, c);

        for (int i = 0; i < c.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(c[i]) != BitConverter.SingleToInt32Bits(expected[i]))
            {
                return $"{shape}: C[{i / shape.Columns}, {i % shape.Columns}] is {c[i]:R}, expected {expected[i]:R}.";
            }
        }

        return null;
    }

    private static void OfBytes(Shape shape, float[] a, byte[] table, int[] starts, float[] c)
    {
        fixed (byte* bytes = table)
        fixed (int* first = starts)
        fixed (float* left = a, result = c)
        {
            if (shape.IsTurned)
            {
                Gemm.Multiply(
                    shape.Rows, shape.Columns, shape.Depth, left, shape.Depth, 1,
                    new ByteColumns(bytes, first, shape.Samples, Centre, Scale), result, shape.Columns, shape.Accumulate);
            }
            else
            {
                Gemm.Multiply(
                    shape.Rows, shape.Columns, shape.Depth, left, shape.Depth, 1,
                    new ByteSamples(bytes, first, Centre, Scale), result, shape.Columns, shape.Accumulate);
            }
        }
    }

    private static void OfFloats(Shape shape, float[] a, byte[] table, int[] starts, float[] c)
    {
        float[] b = new float[shape.Depth * shape.Columns];
        for (int k = 0; k < shape.Depth; k++)
        {
            for (int j = 0; j < shape.Columns; j++)
            {
                byte value = shape.IsTurned ? table[starts[j] + k] : table[starts[k] + j];
                b[(k * shape.Columns) + j] = (value - Centre) * Scale;
            }
        }

        fixed (float* left = a, right = b, result = c)
        {
            Gemm.Multiply(shape.Rows, shape.Columns, shape.Depth, left, shape.Depth, 1, right, shape.Columns, result, shape.Columns, shape.Accumulate);
        }
    }

    private static Arbitrary<Shape> Shapes() =>
        (from rows in Gen.Choose(1, 40)
         from samples in Gen.Choose(1, 150)
         from features in Gen.Choose(1, 300)
         from isTurned in Gen.Elements(false, true)
         from accumulate in Gen.Elements(false, true)
         from seed in Gen.Choose(0, int.MaxValue)
         select new Shape(rows, samples, features, isTurned, accumulate, (ulong)seed)).ToArbitrary();
}
