using System.Diagnostics;

namespace OrleansSgd.Models.Kernels;

/// <summary>The two loops of a step on sparse rows: x·w, and w − s·x. Indices are trusted.</summary>
/// <remarks>
/// The sum of a product goes in four chains, since one alone waits four cycles for each term; in a fixed order, so that a row has the same
/// bits everywhere. A row's indices ascend, so no entry of it waits for the store of another.
/// </remarks>
internal static unsafe class SparseWalk
{
    /// <summary>x·w for one row.</summary>
    public static float Dot(ReadOnlySpan<int> indices, ReadOnlySpan<float> values, float* weights)
    {
        Debug.Assert(indices.Length == values.Length, "a row has as many values as indices");
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        int count = indices.Length;
        fixed (int* index = indices)
        fixed (float* value = values)
        {
            int e = 0;
            for (; e <= count - 4; e += 4)
            {
                s0 = MathF.FusedMultiplyAdd(weights[index[e]], value[e], s0);
                s1 = MathF.FusedMultiplyAdd(weights[index[e + 1]], value[e + 1], s1);
                s2 = MathF.FusedMultiplyAdd(weights[index[e + 2]], value[e + 2], s2);
                s3 = MathF.FusedMultiplyAdd(weights[index[e + 3]], value[e + 3], s3);
            }

            for (; e < count; e++)
            {
                s0 = MathF.FusedMultiplyAdd(weights[index[e]], value[e], s0);
            }
        }

        return (s0 + s1) + (s2 + s3);
    }

    /// <summary>weights ← weights − scale·x for one row.</summary>
    public static void Subtract(float scale, ReadOnlySpan<int> indices, ReadOnlySpan<float> values, float* weights)
    {
        Debug.Assert(indices.Length == values.Length, "a row has as many values as indices");
        float factor = -scale;
        int count = indices.Length;
        fixed (int* index = indices)
        fixed (float* value = values)
        {
            int e = 0;
            for (; e <= count - 4; e += 4)
            {
                float* w0 = weights + index[e];
                float* w1 = weights + index[e + 1];
                float* w2 = weights + index[e + 2];
                float* w3 = weights + index[e + 3];
                float v0 = MathF.FusedMultiplyAdd(factor, value[e], *w0);
                float v1 = MathF.FusedMultiplyAdd(factor, value[e + 1], *w1);
                float v2 = MathF.FusedMultiplyAdd(factor, value[e + 2], *w2);
                float v3 = MathF.FusedMultiplyAdd(factor, value[e + 3], *w3);
                *w0 = v0;
                *w1 = v1;
                *w2 = v2;
                *w3 = v3;
            }

            for (; e < count; e++)
            {
                float* w = weights + index[e];
                *w = MathF.FusedMultiplyAdd(factor, value[e], *w);
            }
        }
    }
}
