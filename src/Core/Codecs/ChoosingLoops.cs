using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>Picks out what lies above a cut, and of what equals it the first few.</summary>
internal static class ChoosingLoops
{
    private const int Width = 16;

    /// <summary>Fills <paramref name="chosen"/> anew.</summary>
    /// <param name="values">Finite.</param>
    /// <param name="coordinates">Of the values, ascending; empty when value i is that of coordinate i.</param>
    /// <param name="threshold">The cut, found among the same values.</param>
    /// <param name="chosen">Room for k.</param>
    public static void Choose(ReadOnlySpan<float> values, ReadOnlySpan<int> coordinates, MagnitudeThreshold threshold, CoordinateValues chosen)
    {
        if (Avx512F.IsSupported)
        {
            ChooseWide(values, coordinates, threshold, chosen);
        }
        else
        {
            ChooseNarrow(values, coordinates, threshold, chosen);
        }
    }

    /// <summary>As <see cref="Choose"/>, with 512-bit vectors, which the processor must have.</summary>
    internal static void ChooseWide(
        ReadOnlySpan<float> values, ReadOnlySpan<int> coordinates, MagnitudeThreshold threshold, CoordinateValues chosen)
    {
        ref float from = ref MemoryMarshal.GetReference(values);
        bool isNamed = !coordinates.IsEmpty;
        ref int names = ref MemoryMarshal.GetReference(isNamed ? coordinates[..values.Length] : coordinates);
        ref int chosenCoordinates = ref MemoryMarshal.GetReference(chosen.CoordinateRoom);
        ref float chosenValues = ref MemoryMarshal.GetReference(chosen.ValueRoom);
        Vector512<int> mask = Vector512.Create(FloatBits.MagnitudeMask);
        Vector512<int> cut = Vector512.Create(threshold.Bits);
        int ties = threshold.TieCount;
        int whole = values.Length & ~(Width - 1);
        nuint count = 0;
        for (int i = 0; i < whole; i += Width)
        {
            Vector512<float> value = Vector512.LoadUnsafe(ref from, (nuint)i);
            Vector512<int> magnitudes = value.AsInt32() & mask;
            Vector512<int> picked = Vector512.GreaterThan(magnitudes, cut);
            Vector512<int> equal = Vector512.Equals(magnitudes, cut);
            int equalCount = BitOperations.PopCount(equal.ExtractMostSignificantBits());
            if (equalCount > 0 && ties > 0)
            {
                if (equalCount > ties)
                {
                    // Happens once: only some of these ties are chosen, and then there are none left to choose.
                    chosen.Count = (int)count;
                    ChooseEach(values[..(i + Width)], coordinates, i, threshold.Bits, ref ties, chosen);
                    count = (nuint)chosen.Count;
                    continue;
                }

                ties -= equalCount;
                picked |= equal;
            }

            Vector512<int> named = isNamed ? Vector512.LoadUnsafe(ref names, (nuint)i) : Vector512.Create(i) + Vector512<int>.Indices;
            Avx512F.Compress(Vector512<int>.Zero, picked, named).StoreUnsafe(ref chosenCoordinates, count);
            Avx512F.Compress(Vector512<float>.Zero, picked.AsSingle(), value).StoreUnsafe(ref chosenValues, count);
            count += (nuint)BitOperations.PopCount(picked.ExtractMostSignificantBits());
        }

        chosen.Count = (int)count;
        ChooseEach(values, coordinates, whole, threshold.Bits, ref ties, chosen);
    }

    /// <summary>As <see cref="Choose"/>, on any processor.</summary>
    internal static void ChooseNarrow(
        ReadOnlySpan<float> values, ReadOnlySpan<int> coordinates, MagnitudeThreshold threshold, CoordinateValues chosen)
    {
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        int step = Vector256<int>.Count;
        Vector256<int> mask = Vector256.Create(FloatBits.MagnitudeMask);
        Vector256<int> below = Vector256.Create(threshold.Bits - 1);
        int ties = threshold.TieCount;
        chosen.Count = 0;
        int i = 0;
        for (; i <= bits.Length - step; i += step)
        {
            if (Vector256.GreaterThanAny(Vector256.Create(bits.Slice(i, step)) & mask, below))
            {
                ChooseEach(values[..(i + step)], coordinates, i, threshold.Bits, ref ties, chosen);
            }
        }

        ChooseEach(values, coordinates, i, threshold.Bits, ref ties, chosen);
    }

    // From first to the end. Written always, kept only when chosen: which are chosen cannot be predicted, so a branch would cost more.
    private static void ChooseEach(
        ReadOnlySpan<float> values, ReadOnlySpan<int> coordinates, int first, int cut, ref int ties, CoordinateValues chosen)
    {
        Span<int> chosenCoordinates = chosen.CoordinateRoom;
        Span<float> chosenValues = chosen.ValueRoom;
        int count = chosen.Count;
        for (int i = first; i < values.Length; i++)
        {
            int magnitude = FloatBits.Magnitude(values[i]);
            int tie = magnitude == cut && ties > 0 ? 1 : 0;
            chosenCoordinates[count] = coordinates.IsEmpty ? i : coordinates[i];
            chosenValues[count] = values[i];
            count += (magnitude > cut ? 1 : 0) | tie;
            ties -= tie;
        }

        chosen.Count = count;
    }
}
