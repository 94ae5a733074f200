using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>The pass of a top-k update over its vector: makes the sum, adds up its squares, and notes what lies above a guess.</summary>
/// <remarks>
/// Memory limits it, so all three happen while a value is in a register. Which lanes are noted cannot be predicted: there is no branch
/// on it, every turn writes a whole vector and moves on by as many as count. The narrow form goes over blocks in the first-level cache instead.
/// </remarks>
internal static class NotingLoops
{
    /// <summary>No magnitude is above it, that of NaN included.</summary>
    public const int NothingIsAbove = int.MaxValue;

    private const int Width = 16;

    // Floats ahead of the loop that are asked for: hardware does not prefetch across the end of a page.
    private const int PrefetchDistance = 1024;

    /// <summary>sum ← rate · gradient + residual, and appends each coordinate whose magnitude bits are above <paramref name="above"/>.</summary>
    /// <param name="gradient">A block; every one but the last of a vector is a multiple of <see cref="SquareSum.Lanes"/>.</param>
    /// <param name="rate">α.</param>
    /// <param name="residual">As long, or empty for none.</param>
    /// <param name="sum">As long; may be the gradient.</param>
    /// <param name="start">Coordinate of the block's first value.</param>
    /// <param name="above">Magnitude bits, or <see cref="NothingIsAbove"/>.</param>
    /// <param name="noted">Room for the whole block, unless nothing is above.</param>
    /// <param name="squares">Receives the squares of the sum.</param>
    public static void Add(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, int start, int above,
        CoordinateValues noted, ref SquareSum squares)
    {
        if (Avx512F.IsSupported)
        {
            AddWide(gradient, rate, residual, sum, start, above, noted, ref squares);
        }
        else
        {
            AddNarrow(gradient, rate, residual, sum, start, above, noted, ref squares);
        }
    }

    /// <summary>As <see cref="Add"/>, with 512-bit vectors, which the processor must have.</summary>
    internal static void AddWide(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, int start, int above,
        CoordinateValues noted, ref SquareSum squares)
    {
        int whole = sum.Length & ~(Width - 1);
        ref float from = ref MemoryMarshal.GetReference(gradient[..sum.Length]);
        ref float kept = ref MemoryMarshal.GetReference(residual.IsEmpty ? residual : residual[..sum.Length]);
        bool hasResidual = !residual.IsEmpty;
        ref float to = ref MemoryMarshal.GetReference(sum);
        ref int coordinates = ref MemoryMarshal.GetReference(noted.CoordinateRoom);
        ref float values = ref MemoryMarshal.GetReference(noted.ValueRoom);
        nuint count = (nuint)noted.Count;
        Vector512<float> rates = Vector512.Create(rate);
        Vector512<int> mask = Vector512.Create(FloatBits.MagnitudeMask);
        Vector512<int> limit = Vector512.Create(above);
        Vector512<int> here = Vector512.Create(start) + Vector512<int>.Indices;
        Vector512<int> step = Vector512.Create(Width);
        (Vector512<double> low, Vector512<double> high) = squares.Open();
        for (int i = 0; i < whole; i += Width)
        {
            Prefetch(ref from, i);
            Vector512<float> value = rates * Vector512.LoadUnsafe(ref from, (nuint)i);
            if (hasResidual)
            {
                Prefetch(ref kept, i);
                value += Vector512.LoadUnsafe(ref kept, (nuint)i);
            }

            value.StoreUnsafe(ref to, (nuint)i);
            SquareSum.Add(value, ref low, ref high);
            Vector512<int> isAbove = Vector512.GreaterThan(value.AsInt32() & mask, limit);
            Avx512F.Compress(Vector512<int>.Zero, isAbove, here).StoreUnsafe(ref coordinates, count);
            Avx512F.Compress(Vector512<float>.Zero, isAbove.AsSingle(), value).StoreUnsafe(ref values, count);
            count += (nuint)BitOperations.PopCount(isAbove.ExtractMostSignificantBits());
            here += step;
        }

        squares.Close(low, high);
        noted.Count = (int)count;
        if (whole < sum.Length)
        {
            AddNarrow(gradient[whole..], rate, hasResidual ? residual[whole..] : [], sum[whole..], start + whole, above, noted, ref squares);
        }
    }

    /// <summary>As <see cref="Add"/>, on any processor.</summary>
    internal static void AddNarrow(
        ReadOnlySpan<float> gradient, float rate, ReadOnlySpan<float> residual, Span<float> sum, int start, int above,
        CoordinateValues noted, ref SquareSum squares)
    {
        UpdateSum.Add(gradient, rate, residual, sum);
        squares.Add(sum);
        Span<int> coordinates = noted.CoordinateRoom;
        Span<float> values = noted.ValueRoom;
        int count = noted.Count;
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(sum);
        int step = Vector256<int>.Count;
        Vector256<int> mask = Vector256.Create(FloatBits.MagnitudeMask);
        Vector256<int> limit = Vector256.Create(above);
        int i = 0;
        for (; i <= bits.Length - step; i += step)
        {
            uint hits = Vector256.GreaterThan(Vector256.Create(bits.Slice(i, step)) & mask, limit).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                int place = i + BitOperations.TrailingZeroCount(hits);
                coordinates[count] = start + place;
                values[count++] = sum[place];
            }
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & FloatBits.MagnitudeMask) > above)
            {
                coordinates[count] = start + i;
                values[count++] = sum[i];
            }
        }

        noted.Count = count;
    }

    // A line past the end is no error.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Prefetch(ref float start, int at) =>
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref start, at + PrefetchDistance)));
}
