using System.Runtime.Intrinsics;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Models.Kernels;

/// <summary>The two loops of a step on sparse rows: x·w, and w − s·x. Indices are trusted.</summary>
/// <remarks>
/// What limits them is how many loads a cycle the core makes, so two indices and four values are one load each, and no row has a remainder whose
/// length would have to be guessed. The sum of a product goes in four chains, in a fixed order, so that a row has the same bits everywhere.
/// </remarks>
internal static unsafe class SparseWalk
{
    /// <summary>x·w for one row.</summary>
    public static float Dot(PaddedRow row, float* weights)
    {
        Vector128<float> sum = Vector128<float>.Zero;
        int count = row.Length;
        fixed (int* indices = row.Indices)
        fixed (float* values = row.Values)
        {
            for (int e = 0; e < count; e += PaddedRow.Width)
            {
                ulong first = *(ulong*)(indices + e);
                ulong last = *(ulong*)(indices + e + 2);
                Vector128<float> gathered = Vector128.Create(
                    weights[(uint)first], weights[first >> 32], weights[(uint)last], weights[last >> 32]);
                sum = Vector128.FusedMultiplyAdd(gathered, Vector128.Load(values + e), sum);
            }
        }

        return Vector128.Sum(sum);
    }

    /// <summary>weights ← weights − scale·x for one row.</summary>
    public static void Subtract(float scale, PaddedRow row, float* weights)
    {
        Vector128<float> factor = Vector128.Create(-scale);
        int count = row.Length;
        fixed (int* indices = row.Indices)
        fixed (float* values = row.Values)
        {
            for (int e = 0; e < count; e += PaddedRow.Width)
            {
                ulong first = *(ulong*)(indices + e);
                ulong last = *(ulong*)(indices + e + 2);
                float* w0 = weights + (uint)first;
                float* w1 = weights + (first >> 32);
                float* w2 = weights + (uint)last;
                float* w3 = weights + (last >> 32);
                Vector128<float> moved = Vector128.FusedMultiplyAdd(factor, Vector128.Load(values + e), Vector128.Create(*w0, *w1, *w2, *w3));

                // In their order: the entries that fill up a row stand before the one whose place they share.
                *w0 = moved[0];
                *w1 = moved[1];
                *w2 = moved[2];
                *w3 = moved[3];
            }
        }
    }
}
