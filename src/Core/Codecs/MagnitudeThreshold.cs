using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>The cut between the k largest magnitudes and the rest.</summary>
/// <param name="Bits">Magnitude bits of the k-th largest; everything above is chosen.</param>
/// <param name="TieCount">How many of those equal to it are chosen as well, in order of index.</param>
/// <remarks>
/// Found by radix selection, not by sorting: magnitude bits order like magnitudes, so one histogram over the range they lie in names the
/// bucket of the k-th largest, and at most two more, over that bucket alone, name its value. O(d).
/// </remarks>
internal readonly record struct MagnitudeThreshold(int Bits, int TieCount)
{
    /// <summary>Counters that <see cref="Find"/> needs.</summary>
    public const int HistogramLength = 2 * CoarseLength;

    private const int CoarseBits = 11;
    private const int CoarseLength = 1 << CoarseBits;
    private const int FineBits = 10;

    /// <summary>The cut for the <paramref name="count"/> largest of <paramref name="values"/>; zeros are never chosen.</summary>
    /// <param name="values">Of any kind, as long as their magnitude bits lie in the range.</param>
    /// <param name="count">k, at least 1; when there are fewer values that are not zero, those are chosen.</param>
    /// <param name="histogram">Scratch, [<see cref="HistogramLength"/>].</param>
    /// <param name="bitsMin">No magnitude bits are below; the closer the range, the fewer values share a bucket.</param>
    /// <param name="bitsMax">None are above.</param>
    public static MagnitudeThreshold Find(ReadOnlySpan<float> values, int count, Span<int> histogram, int bitsMin, int bitsMax)
    {
        if (values.Length < count)
        {
            return new(0, 0);
        }

        // Offsets from bitsMin, as many bits of them at a time as a histogram tells apart.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        int shift = Math.Max(0, 32 - BitOperations.LeadingZeroCount((uint)(bitsMax - bitsMin)) - CoarseBits);
        CountCoarse(bits, bitsMin, shift, histogram);
        (int prefix, int rest) = BucketOf(histogram[..CoarseLength], count);
        while (shift > 0)
        {
            int width = Math.Min(shift, FineBits);
            shift -= width;
            Span<int> fine = histogram[..(1 << width)];
            CountFine(bits, bitsMin, prefix, shift, width, fine);
            (int bucket, rest) = BucketOf(fine, rest);
            prefix = (prefix << width) | bucket;
        }

        int found = bitsMin + prefix;
        return found == 0 ? new(0, 0) : new(found, rest);
    }

    /// <summary>The bucket, counted down from the largest, that holds the <paramref name="rank"/>-th value, and that value's rank in it.</summary>
    private static (int Bucket, int Rank) BucketOf(ReadOnlySpan<int> histogram, int rank)
    {
        int bucket = histogram.Length - 1;
        while (rank > histogram[bucket])
        {
            rank -= histogram[bucket];
            bucket--;
        }

        return (bucket, rank);
    }

    // Two tables, added at the end: neighbours are often alike, and counting both in one cell would wait for the first store.
    private static void CountCoarse(ReadOnlySpan<int> bits, int bitsMin, int shift, Span<int> histogram)
    {
        histogram = histogram[..HistogramLength];
        histogram.Clear();
        Span<int> even = histogram[..CoarseLength];
        Span<int> odd = histogram[CoarseLength..];
        int i = 0;
        for (; i <= bits.Length - 2; i += 2)
        {
            even[((bits[i] & FloatBits.MagnitudeMask) - bitsMin) >> shift]++;
            odd[((bits[i + 1] & FloatBits.MagnitudeMask) - bitsMin) >> shift]++;
        }

        if (i < bits.Length)
        {
            even[((bits[i] & FloatBits.MagnitudeMask) - bitsMin) >> shift]++;
        }

        for (int bucket = 0; bucket < CoarseLength; bucket++)
        {
            even[bucket] += odd[bucket];
        }
    }

    private static void CountFine(ReadOnlySpan<int> bits, int bitsMin, int prefix, int shift, int width, Span<int> histogram)
    {
        histogram.Clear();
        int step = Vector256<int>.Count;
        Vector256<int> mask = Vector256.Create(FloatBits.MagnitudeMask);
        Vector256<int> least = Vector256.Create(bitsMin);
        Vector256<int> wanted = Vector256.Create(prefix);
        int fineMask = (1 << width) - 1;
        int i = 0;
        for (; i <= bits.Length - step; i += step)
        {
            Vector256<int> offsets = (Vector256.Create(bits.Slice(i, step)) & mask) - least;
            uint hits = Vector256.Equals(offsets >> (shift + width), wanted).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                int magnitude = bits[i + BitOperations.TrailingZeroCount(hits)] & FloatBits.MagnitudeMask;
                histogram[((magnitude - bitsMin) >> shift) & fineMask]++;
            }
        }

        for (; i < bits.Length; i++)
        {
            int offset = (bits[i] & FloatBits.MagnitudeMask) - bitsMin;
            if (offset >> (shift + width) == prefix)
            {
                histogram[(offset >> shift) & fineMask]++;
            }
        }
    }
}
