using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Frames;

/// <summary>Floats as bfloat16, the upper two of their four bytes: sign, the whole exponent, and 8 significant bits instead of 24.</summary>
/// <remarks>
/// Rounding is to the nearest, ties to even, by whole numbers, so it is the same on every machine. What rounding takes away fits the
/// bits that are dropped: value − rounded value is an f32 without rounding, which is what makes error feedback exact.
/// </remarks>
internal static class Bfloat16Loops
{
    /// <summary>|value − rounded| is at most this times |value|, except below the smallest normal float.</summary>
    public const double RoundoffMax = 1.0 / 256;

    private const int Shift = 16;
    private const uint HalfLess = 0x7FFF;
    private const ushort ExponentMask = 0x7F80;
    private const int Width = 8;

    /// <summary>The nearest bfloat16; an infinity where the value is larger than any by half a unit.</summary>
    /// <param name="value">Not NaN.</param>
    public static ushort Round(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + HalfLess + ((bits >> Shift) & 1)) >> Shift);
    }

    /// <summary>The float of the same value.</summary>
    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << Shift);

    /// <summary>Rounds every value.</summary>
    /// <param name="bits">As many.</param>
    public static void Round(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        bits = bits[..values.Length];
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<float, uint>(values);
        Vector256<uint> half = Vector256.Create(HalfLess);
        int i = 0;
        for (; i <= values.Length - (2 * Width); i += 2 * Width)
        {
            Vector256<uint> low = Rounded(Vector256.Create(from.Slice(i, Width)), half);
            Vector256<uint> high = Rounded(Vector256.Create(from.Slice(i + Width, Width)), half);
            Vector256.Narrow(low, high).CopyTo(bits[i..]);
        }

        for (; i < values.Length; i++)
        {
            bits[i] = Round(values[i]);
        }
    }

    /// <summary>Widens every value.</summary>
    /// <param name="values">As many.</param>
    public static void Widen(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        Span<uint> to = MemoryMarshal.Cast<float, uint>(values[..bits.Length]);
        int i = 0;
        for (; i <= bits.Length - (2 * Width); i += 2 * Width)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Create(bits.Slice(i, 2 * Width)));
            (low << Shift).CopyTo(to[i..]);
            (high << Shift).CopyTo(to[(i + Width)..]);
        }

        for (; i < bits.Length; i++)
        {
            to[i] = (uint)bits[i] << Shift;
        }
    }

    /// <summary>Index of the first value that is not a finite number, or −1.</summary>
    public static int IndexOfNonFinite(ReadOnlySpan<ushort> bits)
    {
        Vector256<ushort> mask = Vector256.Create(ExponentMask);
        int i = 0;
        while (i <= bits.Length - Vector256<ushort>.Count
            && !Vector256.EqualsAny(Vector256.Create(bits.Slice(i, Vector256<ushort>.Count)) & mask, mask))
        {
            i += Vector256<ushort>.Count;
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & ExponentMask) == ExponentMask)
            {
                return i;
            }
        }

        return -1;
    }

    private static Vector256<uint> Rounded(Vector256<uint> bits, Vector256<uint> half) =>
        (bits + half + ((bits >> Shift) & Vector256<uint>.One)) >> Shift;
}
