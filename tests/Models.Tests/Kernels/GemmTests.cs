using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Tests.Kernels;

/// <summary>Goal: the blocked product has the bits of three plain loops. Method: random shapes around the edges of
/// tiles and blocks, both ways to store A, guards around C.</summary>
public unsafe class GemmTests
{
    private const float Guard = 12345f;

    private sealed record Shape(
        int Rows, int Columns, int Depth, bool IsTurned, bool Accumulate, int Slack, ulong Seed);

    private delegate void Product(Shape shape, float[] a, float[] b, float[] c);

    [Fact]
    public void Product_has_the_bits_of_three_plain_loops() =>
        Prop.ForAll(Shapes(), shape => Assert.Null(Complaint(shape, Blocked))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(6, 64, 128)]
    [InlineData(7, 65, 129)]
    [InlineData(30, 784, 64)]
    [InlineData(256, 64, 784)]
    public void Product_has_the_bits_of_three_plain_loops_at_the_edges(int rows, int columns, int depth)
    {
        foreach (bool flag in (bool[])[false, true])
        {
            Assert.Null(Complaint(new Shape(rows, columns, depth, flag, !flag, 3, 99), Blocked));
        }
    }

    [Fact]
    public void Planted_other_order_of_the_terms_is_caught()
    {
        var shape = new Shape(5, 30, 40, IsTurned: false, Accumulate: false, Slack: 0, Seed: 7);

        Assert.NotNull(Complaint(shape, (shape, a, b, c) => Plain(shape, a, b, c, firstTerm: 1)));
    }

    private static string? Complaint(Shape shape, Product product)
    {
        var random = new SeededRandom(shape.Seed);
        float[] a = Random(random, shape.Rows * shape.Depth);
        float[] b = Random(random, shape.Depth * BStride(shape));
        float[] c = [.. Enumerable.Repeat(Guard, shape.Rows * CStride(shape))];
        float[] expected = [.. c];
        Plain(shape, a, b, expected, firstTerm: 0);

        product(shape, a, b, c);

        for (int i = 0; i < c.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(c[i]) != BitConverter.SingleToInt32Bits(expected[i]))
            {
                string place = $"C[{i / CStride(shape)}, {i % CStride(shape)}]";
                return $"{shape}: {place} is {c[i]:R}, expected {expected[i]:R}.";
            }
        }

        return null;
    }

    private static void Blocked(Shape shape, float[] a, float[] b, float[] c)
    {
        fixed (float* left = a, right = b, result = c)
        {
            Gemm.Multiply(
                shape.Rows, shape.Columns, shape.Depth,
                left, shape.IsTurned ? 1 : shape.Depth, shape.IsTurned ? shape.Rows : 1,
                right, BStride(shape), result, CStride(shape), shape.Accumulate);
        }
    }

    private static void Plain(Shape shape, float[] a, float[] b, float[] c, int firstTerm)
    {
        for (int i = 0; i < shape.Rows; i++)
        {
            for (int j = 0; j < shape.Columns; j++)
            {
                ref float sum = ref c[(i * CStride(shape)) + j];
                sum = shape.Accumulate ? sum : 0;
                for (int term = 0; term < shape.Depth; term++)
                {
                    int k = (term + firstTerm) % shape.Depth;
                    float left = shape.IsTurned ? a[(k * shape.Rows) + i] : a[(i * shape.Depth) + k];
                    sum = MathF.FusedMultiplyAdd(left, b[(k * BStride(shape)) + j], sum);
                }
            }
        }
    }

    private static int BStride(Shape shape) => shape.Columns + (shape.Slack / 2);

    private static int CStride(Shape shape) => shape.Columns + shape.Slack;

    private static float[] Random(SeededRandom random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1)];

    private static Arbitrary<Shape> Shapes() =>
        (from rows in Gen.Choose(1, 40)
         from columns in Gen.Choose(1, 150)
         from depth in Gen.Choose(1, 300)
         from isTurned in Gen.Elements(false, true)
         from accumulate in Gen.Elements(false, true)
         from slack in Gen.Choose(0, 5)
         from seed in Gen.Choose(0, int.MaxValue)
         select new Shape(rows, columns, depth, isTurned, accumulate, slack, (ulong)seed)).ToArbitrary();
}
