using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Optimizers;

/// <summary>Norms and sums of whole gradients; squares are summed in f64 in a fixed order.</summary>
public static class GradientNorms
{
    // A difference is made and summed while it is in the first-level cache.
    private const int BlockLength = 1024;

    /// <summary>‖g‖².</summary>
    public static double Squared(ReadOnlySpan<float> gradient) => SquareSum.Of(gradient);

    /// <summary>‖a − b‖², each difference rounded to f32 first.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double DistanceSquared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ThrowUnlessEqual(a.Length, b.Length);
        Span<float> room = stackalloc float[BlockLength];
        SquareSum sum = default;
        for (int start = 0; start < a.Length; start += BlockLength)
        {
            Span<float> block = room[..Math.Min(BlockLength, a.Length - start)];
            a.Slice(start, block.Length).CopyTo(block);
            FloatLoops.Subtract(block, b.Slice(start, block.Length));
            sum.Add(block);
        }

        return sum.Total;
    }

    /// <summary>sum ← sum + g.</summary>
    public static void Add(Span<float> sum, ReadOnlySpan<float> gradient)
    {
        ThrowUnlessEqual(sum.Length, gradient.Length);
        FloatLoops.ScaleAndAdd(gradient, 1f, sum, sum); // a product with 1 is exact
    }

    /// <summary>point ← view − rate · sum: where a worker stands after steps of its own.</summary>
    public static void Step(ReadOnlySpan<float> view, ReadOnlySpan<float> sum, float rate, Span<float> point)
    {
        ThrowUnlessEqual(view.Length, sum.Length);
        ThrowUnlessEqual(view.Length, point.Length);
        FloatLoops.ScaleAndAdd(sum, -rate, view, point);
    }

    /// <summary>sum ← (view − point) / rate: the gradients that led a worker from its view to where it stands.</summary>
    /// <param name="rate">Not 0.</param>
    public static void Gone(ReadOnlySpan<float> view, ReadOnlySpan<float> point, float rate, Span<float> sum)
    {
        ThrowUnlessEqual(view.Length, sum.Length);
        ThrowUnlessEqual(view.Length, point.Length);
        FloatLoops.SubtractAndScale(view, point, 1 / rate, sum);
    }

    private static void ThrowUnlessEqual(int first, int second)
    {
        if (first != second)
        {
            throw new ArgumentException($"One vector has {first} coordinates, the other {second}.");
        }
    }
}
