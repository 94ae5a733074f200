using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Core.Codecs;

/// <summary>Which values of a vector are not +0: those that an update of a sparse gradient is made of.</summary>
/// <remarks>By their bits: −0 counts, because x − (−0) is not x in every bit.</remarks>
internal static class NonZeroLoops
{
    private const int Width = 16;

    /// <summary>How many values are not +0.</summary>
    public static int Count(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        ref int from = ref MemoryMarshal.GetReference(bits);
        int whole = bits.Length & ~(Width - 1);
        int count = 0;
        for (int i = 0; i < whole; i += Width)
        {
            count += BitOperations.PopCount(NonZeros(ref from, i));
        }

        foreach (int value in bits[whole..])
        {
            count += value != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>The coordinates of the values that are not +0, ascending.</summary>
    /// <param name="values">[n].</param>
    /// <param name="coordinates">Room for n and <see cref="CoordinateValues.Slack"/> more: whole vectors are written, of which only the first lanes count.</param>
    /// <returns>How many there are.</returns>
    /// <remarks>Which lanes count cannot be predicted, so with 512-bit vectors there is no branch on it.</remarks>
    public static int Collect(ReadOnlySpan<float> values, Span<int> coordinates) =>
        Avx512F.IsSupported ? CollectWide(values, coordinates) : CollectNarrow(values, 0, coordinates);

    /// <summary>As <see cref="Collect"/>, with 512-bit vectors, which the processor must have.</summary>
    internal static int CollectWide(ReadOnlySpan<float> values, Span<int> coordinates)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        ref int from = ref MemoryMarshal.GetReference(bits);
        ref int to = ref MemoryMarshal.GetReference(coordinates[..(values.Length + CoordinateValues.Slack)]);
        int whole = bits.Length & ~(Width - 1);
        Vector512<int> here = Vector512<int>.Indices;
        nuint count = 0;
        for (int i = 0; i < whole; i += Width)
        {
            Vector512<int> isZero = Vector512.Equals(Vector512.LoadUnsafe(ref from, (nuint)i), Vector512<int>.Zero);
            Avx512F.Compress(Vector512<int>.Zero, ~isZero, here).StoreUnsafe(ref to, count);
            count += (nuint)BitOperations.PopCount((~isZero).ExtractMostSignificantBits());
            here += Vector512.Create(Width);
        }

        return (int)count + CollectNarrow(values[whole..], whole, coordinates[(int)count..]);
    }

    /// <summary>As <see cref="Collect"/>, on any processor.</summary>
    internal static int CollectNarrow(ReadOnlySpan<float> values, int start, Span<int> coordinates)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        int count = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            coordinates[count] = start + i;
            count += bits[i] != 0 ? 1 : 0;
        }

        return count;
    }

    // One bit for each of sixteen values.
    private static uint NonZeros(ref int from, int at) =>
        ~(uint)Vector512.Equals(Vector512.LoadUnsafe(ref from, (nuint)at), Vector512<int>.Zero).ExtractMostSignificantBits() & 0xFFFF;
}
