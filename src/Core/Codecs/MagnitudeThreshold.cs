using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Codecs;

/// <summary>The cut between the k largest magnitudes and the rest.</summary>
/// <param name="Bits">Magnitude bits of the k-th largest; everything above is chosen.</param>
/// <param name="TieCount">How many of those equal to it are chosen as well, in order of index.</param>
/// <remarks>
/// Found by radix selection, not by sorting: magnitude bits order like magnitudes, so one histogram of the 11 highest bits
/// names the bucket of the k-th largest, and two more of 10 bits each, over that bucket alone, name its value. O(d).
/// </remarks>
internal readonly record struct MagnitudeThreshold(int Bits, int TieCount)
{
    /// <summary>Counters that <see cref="Find"/> needs.</summary>
    public const int HistogramLength = 2 * CoarseLength;

    private const int CoarseLength = 1 << 11;
    private const int CoarseShift = 20;
    private const int FineLength = 1 << 10;
    private const int FineMask = FineLength - 1;

    /// <summary>The cut for the <paramref name="count"/> largest of <paramref name="values"/>; zeros are never chosen.</summary>
    /// <param name="values">Finite.</param>
    /// <param name="count">k, at least 1; when there are fewer values that are not zero, those are chosen.</param>
    /// <param name="histogram">Scratch, [<see cref="HistogramLength"/>].</param>
    public static MagnitudeThreshold Find(ReadOnlySpan<float> values, int count, Span<int> histogram)
    {
        if (values.Length < count)
        {
            return new(0, 0);
        }

        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        CountCoarse(bits, histogram);
        (int prefix, int rest) = BucketOf(histogram[..CoarseLength], count);
        for (int shift = CoarseShift - 10; shift >= 0; shift -= 10)
        {
            Span<int> fine = histogram[..FineLength];
            CountFine(bits, prefix, shift, fine);
            (int bucket, rest) = BucketOf(fine, rest);
            prefix = (prefix << 10) | bucket;
        }

        return prefix == 0 ? new(0, 0) : new(prefix, rest);
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
    private static void CountCoarse(ReadOnlySpan<int> bits, Span<int> histogram)
    {
        histogram = histogram[..HistogramLength];
        histogram.Clear();
        Span<int> even = histogram[..CoarseLength];
        Span<int> odd = histogram[CoarseLength..];
        int i = 0;
        for (; i <= bits.Length - 2; i += 2)
        {
            even[(bits[i] & FloatBits.MagnitudeMask) >> CoarseShift]++;
            odd[(bits[i + 1] & FloatBits.MagnitudeMask) >> CoarseShift]++;
        }

        if (i < bits.Length)
        {
            even[(bits[i] & FloatBits.MagnitudeMask) >> CoarseShift]++;
        }

        for (int bucket = 0; bucket < CoarseLength; bucket++)
        {
            even[bucket] += odd[bucket];
        }
    }

    private static void CountFine(ReadOnlySpan<int> bits, int prefix, int shift, Span<int> histogram)
    {
        histogram.Clear();
        int step = Vector256<int>.Count;
        Vector256<int> mask = Vector256.Create(FloatBits.MagnitudeMask);
        Vector256<int> wanted = Vector256.Create(prefix);
        int i = 0;
        for (; i <= bits.Length - step; i += step)
        {
            Vector256<int> magnitudes = Vector256.Create(bits.Slice(i, step)) & mask;
            uint hits = Vector256.Equals(magnitudes >> (shift + 10), wanted).ExtractMostSignificantBits();
            for (; hits != 0; hits &= hits - 1)
            {
                histogram[(bits[i + int.TrailingZeroCount((int)hits)] >> shift) & FineMask]++;
            }
        }

        for (; i < bits.Length; i++)
        {
            int magnitude = bits[i] & FloatBits.MagnitudeMask;
            if (magnitude >> (shift + 10) == prefix)
            {
                histogram[(magnitude >> shift) & FineMask]++;
            }
        }
    }
}
