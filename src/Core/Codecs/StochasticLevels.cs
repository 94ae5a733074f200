using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Codecs;

/// <summary>Rounds values to whole numbers of steps, up or down at random, so that the mean of many roundings is the value.</summary>
/// <remarks>
/// |value| / step is rounded up with the probability of its fraction, to within 2⁻²⁴: that is how fine the random numbers are. A
/// quotient of at most s never rounds above s. Zero stays zero.
/// </remarks>
internal static class StochasticLevels
{
    /// <summary>The least f32 of which <paramref name="levels"/> make up at least the norm; 0 for a norm of 0.</summary>
    /// <remarks>Rounded up, because a quotient above s would need a level that there is not.</remarks>
    public static float StepFor(double norm, int levels)
    {
        double exact = norm / levels;
        float step = (float)exact;
        return step < exact ? MathF.BitIncrement(step) : step;
    }

    /// <summary>levels ← values / step, rounded at random; step is above 0 and finite.</summary>
    /// <param name="start">Coordinate of the first value: fixes its random number.</param>
    public static void Round(
        ReadOnlySpan<float> values, float step, in CoordinateNoise noise, int start, Span<sbyte> levels)
    {
        const int Width = 8;
        Vector256<float> steps = Vector256.Create(step);
        Vector256<int> lanes = Vector256<int>.Indices;
        levels = levels[..values.Length];
        int i = 0;
        for (; i <= values.Length - (4 * Width); i += 4 * Width)
        {
            ReadOnlySpan<float> here = values.Slice(i, 4 * Width);
            Vector256<int> at = lanes + Vector256.Create(start + i);
            Vector256<int> a = Round(Vector256.Create(here), steps, noise.At(at));
            Vector256<int> b = Round(Vector256.Create(here[Width..]), steps, noise.At(at + Vector256.Create(Width)));
            Vector256<int> c = Round(Vector256.Create(here[(2 * Width)..]), steps, noise.At(at + Vector256.Create(2 * Width)));
            Vector256<int> d = Round(Vector256.Create(here[(3 * Width)..]), steps, noise.At(at + Vector256.Create(3 * Width)));
            Vector256.Narrow(Vector256.Narrow(a, b), Vector256.Narrow(c, d)).CopyTo(levels[i..]);
        }

        for (; i < values.Length; i++)
        {
            float count = MathF.Abs(values[i]) / step;
            float floor = MathF.Floor(count);
            int level = (int)floor + (noise.At(start + i) < count - floor ? 1 : 0);
            levels[i] = (sbyte)(values[i] < 0 ? -level : level);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(Vector256<float> values, Vector256<float> steps, Vector256<float> noise)
    {
        Vector256<float> counts = Vector256.Abs(values) / steps;
        Vector256<float> floors = Vector256.Floor(counts);

        // Comparisons are −1 where true: subtracting one adds 1, and so does flipping the sign with one.
        Vector256<int> up = Vector256.LessThan(noise, counts - floors).AsInt32();
        Vector256<int> negative = values.AsInt32() >> 31;
        return ((Vector256.ConvertToInt32(floors) - up) ^ negative) - negative;
    }
}
