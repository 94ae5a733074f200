using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Frames;

/// <summary>Levels back into values: level × step of the bucket, rounded once.</summary>
internal static class LevelLoops
{
    // Unpacked and scaled while it is in the first-level cache.
    private const int BlockLength = 1024;

    /// <summary>The values of coordinates from <paramref name="first"/> on, a multiple of 8.</summary>
    public static void Decode(in BucketedPayload payload, int first, Span<float> values)
    {
        BitFields fields = new(payload.Form);
        BucketMap map = payload.Map;
        Span<sbyte> levels = stackalloc sbyte[BlockLength];
        for (int start = 0; start < values.Length; start += BlockLength)
        {
            int length = Math.Min(BlockLength, values.Length - start);
            Span<sbyte> block = levels[..length];
            fields.Unpack(payload.Bits, first + start, block);
            int bucket = map.IndexOf(first + start);
            for (int i = 0; i < length; bucket++)
            {
                int end = Math.Min(length, map.EndOf(bucket) - first - start);
                Scale(block[i..end], payload.Scales[bucket], values[(start + i)..(start + end)]);
                i = end;
            }
        }
    }

    /// <summary>values ← step · levels.</summary>
    public static void Scale(ReadOnlySpan<sbyte> levels, float step, Span<float> values)
    {
        Vector256<float> steps = Vector256.Create(step);
        int i = 0;
        for (; i <= levels.Length - Vector128<sbyte>.Count; i += Vector128<sbyte>.Count)
        {
            (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Create(levels[i..]));
            (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low);
            (Vector128<int> c, Vector128<int> d) = Vector128.Widen(high);
            (Vector256.ConvertToSingle(Vector256.Create(a, b)) * steps).CopyTo(values[i..]);
            (Vector256.ConvertToSingle(Vector256.Create(c, d)) * steps).CopyTo(values[(i + Vector256<float>.Count)..]);
        }

        for (; i < levels.Length; i++)
        {
            values[i] = levels[i] * step;
        }
    }
}
