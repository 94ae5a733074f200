using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Frames;

/// <summary>Checks on ascending indices, as of a sparse payload or row.</summary>
public static class SparseIndices
{
    /// <summary>Position of the first index that is not above the one before, or −1.</summary>
    public static int FirstNotAscending(ReadOnlySpan<uint> indices)
    {
        int step = Vector256<uint>.Count;
        int i = 1;
        for (; i <= indices.Length - step; i += step)
        {
            Vector256<uint> here = Vector256.Create(indices.Slice(i, step));
            Vector256<uint> before = Vector256.Create(indices.Slice(i - 1, step));
            if (!Vector256.GreaterThanAll(here, before))
            {
                break;
            }
        }

        for (; i < indices.Length; i++)
        {
            if (indices[i] <= indices[i - 1])
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether the indices ascend from 0 or more below an end.</summary>
    public static bool Ascends(ReadOnlySpan<int> indices, int end)
    {
        // As a number without a sign, one below 0 is beyond every end.
        ReadOnlySpan<uint> unsigned = MemoryMarshal.Cast<int, uint>(indices);
        return unsigned.IsEmpty || (FirstNotAscending(unsigned) < 0 && unsigned[^1] < (uint)end);
    }

    /// <summary>Position of the first of ascending indices that is <paramref name="limit"/> or more; their count when none is.</summary>
    public static int FirstNotBelow(ReadOnlySpan<uint> indices, uint limit)
    {
        int low = 0;
        int high = indices.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (indices[middle] < limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
