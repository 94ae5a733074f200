using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Frames;

/// <summary>Signs back into values: plus or minus the scale of the bucket, or nothing where the mask says so.</summary>
internal static class SignLoops
{
    private const int Group = 8;

    /// <summary>The values of coordinates from <paramref name="first"/> on, a multiple of 8.</summary>
    public static void Decode(in BucketedPayload payload, int first, Span<float> values)
    {
        BucketMap map = payload.Map;
        int planeSize = BitFields.SizeOf(map.Length, 1);
        ReadOnlySpan<byte> signs = payload.Bits[..planeSize];
        ReadOnlySpan<byte> mask = payload.Bits[planeSize..];
        ReadOnlySpan<float> plus = payload.Scales[..map.Count];
        ReadOnlySpan<float> minus = payload.Scales[^map.Count..]; // the same ones unless they are separate
        int i = 0;
        for (int bucket = map.IndexOf(first); i < values.Length; bucket++)
        {
            // A bucket may begin and end inside a group of eight: those few go one by one.
            int end = Math.Min(values.Length, map.EndOf(bucket) - first);
            int groupsAt = Math.Min(end, (i + Group - 1) & ~(Group - 1));
            int groupsEnd = Math.Max(groupsAt, end & ~(Group - 1));
            DecodeSingly(signs, mask, first, plus[bucket], -minus[bucket], values[..groupsAt], i);
            DecodeGroups(signs, mask, (first + groupsAt) / Group, plus[bucket], -minus[bucket], values[groupsAt..groupsEnd]);
            DecodeSingly(signs, mask, first, plus[bucket], -minus[bucket], values[..end], groupsEnd);
            i = end;
        }
    }

    /// <summary>The first byte of <paramref name="signs"/> with a bit that <paramref name="mask"/> has not, or −1.</summary>
    public static int FirstNotWithin(ReadOnlySpan<byte> signs, ReadOnlySpan<byte> mask)
    {
        int step = Vector256<byte>.Count;
        int i = 0;
        for (; i <= signs.Length - step; i += step)
        {
            if (Vector256.AndNot(Vector256.Create(signs.Slice(i, step)), Vector256.Create(mask.Slice(i, step))) != Vector256<byte>.Zero)
            {
                break;
            }
        }

        for (; i < signs.Length; i++)
        {
            if ((signs[i] & ~mask[i]) != 0)
            {
                return i;
            }
        }

        return -1;
    }

    private static void DecodeSingly(
        ReadOnlySpan<byte> signs, ReadOnlySpan<byte> mask, int first, float plus, float minus, Span<float> values, int from)
    {
        for (int i = from; i < values.Length; i++)
        {
            (int at, int bit) = Math.DivRem(first + i, Group);
            bool isSent = mask.IsEmpty || ((mask[at] >> bit) & 1) != 0;
            bool isNegative = ((signs[at] >> bit) & 1) != 0;
            values[i] = !isSent ? 0 : isNegative ? minus : plus;
        }
    }

    private static void DecodeGroups(
        ReadOnlySpan<byte> signs, ReadOnlySpan<byte> mask, int firstByte, float plus, float minus, Span<float> values)
    {
        Vector256<int> lanes = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        Vector256<float> positive = Vector256.Create(plus);
        Vector256<float> negative = Vector256.Create(minus);
        signs = signs.Slice(firstByte, values.Length / Group);
        if (mask.IsEmpty)
        {
            for (int i = 0; i < signs.Length; i++)
            {
                Vector256<float> isNegative = Vector256.Equals(Vector256.Create((int)signs[i]) & lanes, lanes).AsSingle();
                Vector256.ConditionalSelect(isNegative, negative, positive).CopyTo(values[(i * Group)..]);
            }

            return;
        }

        mask = mask.Slice(firstByte, signs.Length);
        for (int i = 0; i < signs.Length; i++)
        {
            Vector256<float> isNegative = Vector256.Equals(Vector256.Create((int)signs[i]) & lanes, lanes).AsSingle();
            Vector256<float> isSent = Vector256.Equals(Vector256.Create((int)mask[i]) & lanes, lanes).AsSingle();
            (Vector256.ConditionalSelect(isNegative, negative, positive) & isSent).CopyTo(values[(i * Group)..]);
        }
    }
}
