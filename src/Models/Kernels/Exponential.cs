using System.Runtime.Intrinsics;

namespace OrleansSgd.Models.Kernels;

/// <summary>e^x, lane by lane, spelled out so that no library version or vector width changes its bits.</summary>
internal static class Exponential
{
    // Above the first, e^x is ∞ in single precision; below the second it is less than half of the smallest number.
    private const float Highest = 88.72284f;
    private const float Lowest = -103.97284f;

    // ln 2 in two parts: n·LnTwoHigh is exact for |n| ≤ 255, because the low bits of LnTwoHigh are 0.
    private const float LnTwoHigh = 0.693359375f;
    private const float LnTwoLow = -2.12194440e-4f;

    /// <summary>e^x within 2 units in the last place; 0 and ∞ beyond the range, NaN for NaN.</summary>
    /// <remarks>x = n·ln 2 + r with |r| ≤ ½·ln 2; e^r is a Taylor polynomial of degree 7, its rest 1e-8.</remarks>
    public static Vector512<float> Of(Vector512<float> x)
    {
        Vector512<float> bounded = Vector512.Min(
            Vector512.Max(x, Vector512.Create(Lowest)), Vector512.Create(Highest));
        Vector512<float> n = Vector512.Floor(
            Vector512.FusedMultiplyAdd(bounded, Vector512.Create(1.44269504f), Vector512.Create(0.5f)));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LnTwoHigh), bounded);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LnTwoLow), r);

        Vector512<float> p = Vector512.Create(1f / 5040f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 720f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 120f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 24f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1f / 6f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);

        // 2^n in two steps, since n reaches from −150 to 128 and one exponent field does not.
        Vector512<int> whole = Vector512.ConvertToInt32(n);
        Vector512<int> half = whole >> 1;
        Vector512<float> result = p * PowerOfTwo(half) * PowerOfTwo(whole - half);

        result = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512.Create(Highest)), Vector512.Create(float.PositiveInfinity), result);
        result = Vector512.ConditionalSelect(
            Vector512.LessThan(x, Vector512.Create(Lowest)), Vector512<float>.Zero, result);
        return Vector512.ConditionalSelect(Vector512.Equals(x, x), result, x);
    }

    private static Vector512<float> PowerOfTwo(Vector512<int> exponent) =>
        ((exponent + Vector512.Create(127)) << 23).AsSingle();
}
