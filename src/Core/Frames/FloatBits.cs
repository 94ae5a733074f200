using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Frames;

/// <summary>Floats read as bit patterns: without the sign bit they order like magnitudes, and infinity and NaN come last.</summary>
internal static class FloatBits
{
    /// <summary>Everything but the sign.</summary>
    public const int MagnitudeMask = 0x7FFF_FFFF;

    /// <summary>The magnitude bits of infinity; finite values are below.</summary>
    public const int NonFinite = 0x7F80_0000;

    /// <summary>|value| as bits.</summary>
    public static int Magnitude(float value) => BitConverter.SingleToInt32Bits(value) & MagnitudeMask;

    /// <summary>Index of the first value that is not finite, or −1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values) =>
        MagnitudeMax(values) < NonFinite ? -1 : FirstNonFinite(values);

    /// <summary>The largest magnitude bits; 0 when there are no values.</summary>
    public static int MagnitudeMax(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        int step = Vector256<int>.Count;
        Vector256<int> mask = Vector256.Create(MagnitudeMask);
        Vector256<int> even = Vector256<int>.Zero;
        Vector256<int> odd = Vector256<int>.Zero;
        int i = 0;
        for (; i <= bits.Length - (2 * step); i += 2 * step)
        {
            even = Vector256.Max(even, Vector256.Create(bits.Slice(i, step)) & mask);
            odd = Vector256.Max(odd, Vector256.Create(bits.Slice(i + step, step)) & mask);
        }

        int max = Largest(Vector256.Max(even, odd));
        for (; i < bits.Length; i++)
        {
            max = Math.Max(max, bits[i] & MagnitudeMask);
        }

        return max;
    }

    /// <summary>Index of the first value that is not a finite number or has its sign bit set, or −1. −0 counts as signed.</summary>
    public static int IndexOfSignedOrNonFinite(ReadOnlySpan<float> values) =>
        MemoryMarshal.Cast<float, uint>(values).IndexOfAnyInRange((uint)NonFinite, uint.MaxValue);

    /// <summary>The largest lane of a vector of magnitude bits.</summary>
    public static int Largest(Vector256<int> magnitudes)
    {
        int max = 0;
        for (int lane = 0; lane < Vector256<int>.Count; lane++)
        {
            max = Math.Max(max, magnitudes[lane]);
        }

        return max;
    }

    private static int FirstNonFinite(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
