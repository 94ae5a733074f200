using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Models.Kernels;

/// <summary>The inner loop of a convolution's weight gradient: 5 taps of up to 4 outputs, summed along one row of scores.</summary>
/// <remarks>Sums stay one a lane until <see cref="Fold"/>, so their bits do not depend on the width of the machine's vectors.</remarks>
internal static unsafe class TapSums
{
    /// <summary>Most outputs of one call.</summary>
    public const int RowCountMax = 4;

    private const int Lanes = 16;

    /// <summary>sums[o, j] ← sums[o, j] + Σᵢ g[o, i] · h[i + j·stride], lane by lane.</summary>
    /// <typeparam name="TRows">Outputs, 1 to 4.</typeparam>
    /// <param name="length">Floats of a row of scores, a multiple of 16.</param>
    /// <param name="g">Gradients of the scores, [rows, length].</param>
    /// <param name="gRowStride">Floats from output to output of <paramref name="g"/>.</param>
    /// <param name="h">The input from the first tap on.</param>
    /// <param name="stride">Floats from column to column of the input.</param>
    /// <param name="sums">[rows, 5, 16].</param>
    /// <param name="sumRowStride">Floats from output to output of <paramref name="sums"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TRows>(int length, float* g, nint gRowStride, float* h, nint stride, float* sums, nint sumRowStride)
        where TRows : struct, IExtent
    {
        Vector512<float> s00 = Vector512.Load(sums), s01 = Vector512.Load(sums + Lanes), s02 = Vector512.Load(sums + (2 * Lanes)),
            s03 = Vector512.Load(sums + (3 * Lanes)), s04 = Vector512.Load(sums + (4 * Lanes));
        float* sums1 = sums + sumRowStride;
        float* sums2 = sums1 + sumRowStride;
        float* sums3 = sums2 + sumRowStride;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default, s14 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default, s24 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default, s34 = default;
        if (TRows.Count > 1)
        {
            s10 = Vector512.Load(sums1);
            s11 = Vector512.Load(sums1 + Lanes);
            s12 = Vector512.Load(sums1 + (2 * Lanes));
            s13 = Vector512.Load(sums1 + (3 * Lanes));
            s14 = Vector512.Load(sums1 + (4 * Lanes));
        }

        if (TRows.Count > 2)
        {
            s20 = Vector512.Load(sums2);
            s21 = Vector512.Load(sums2 + Lanes);
            s22 = Vector512.Load(sums2 + (2 * Lanes));
            s23 = Vector512.Load(sums2 + (3 * Lanes));
            s24 = Vector512.Load(sums2 + (4 * Lanes));
        }

        if (TRows.Count > 3)
        {
            s30 = Vector512.Load(sums3);
            s31 = Vector512.Load(sums3 + Lanes);
            s32 = Vector512.Load(sums3 + (2 * Lanes));
            s33 = Vector512.Load(sums3 + (3 * Lanes));
            s34 = Vector512.Load(sums3 + (4 * Lanes));
        }

        float* g1 = g + gRowStride;
        float* g2 = g1 + gRowStride;
        float* g3 = g2 + gRowStride;
        float* h1 = h + stride;
        float* h2 = h1 + stride;
        float* h3 = h2 + stride;
        float* h4 = h3 + stride;
        for (nint i = 0; i < length; i += Lanes)
        {
            Vector512<float> x0 = Vector512.Load(h + i);
            Vector512<float> x1 = Vector512.Load(h1 + i);
            Vector512<float> x2 = Vector512.Load(h2 + i);
            Vector512<float> x3 = Vector512.Load(h3 + i);
            Vector512<float> x4 = Vector512.Load(h4 + i);
            Vector512<float> y = Vector512.Load(g + i);
            s00 = Vector512.FusedMultiplyAdd(y, x0, s00);
            s01 = Vector512.FusedMultiplyAdd(y, x1, s01);
            s02 = Vector512.FusedMultiplyAdd(y, x2, s02);
            s03 = Vector512.FusedMultiplyAdd(y, x3, s03);
            s04 = Vector512.FusedMultiplyAdd(y, x4, s04);
            if (TRows.Count > 1)
            {
                y = Vector512.Load(g1 + i);
                s10 = Vector512.FusedMultiplyAdd(y, x0, s10);
                s11 = Vector512.FusedMultiplyAdd(y, x1, s11);
                s12 = Vector512.FusedMultiplyAdd(y, x2, s12);
                s13 = Vector512.FusedMultiplyAdd(y, x3, s13);
                s14 = Vector512.FusedMultiplyAdd(y, x4, s14);
            }

            if (TRows.Count > 2)
            {
                y = Vector512.Load(g2 + i);
                s20 = Vector512.FusedMultiplyAdd(y, x0, s20);
                s21 = Vector512.FusedMultiplyAdd(y, x1, s21);
                s22 = Vector512.FusedMultiplyAdd(y, x2, s22);
                s23 = Vector512.FusedMultiplyAdd(y, x3, s23);
                s24 = Vector512.FusedMultiplyAdd(y, x4, s24);
            }

            if (TRows.Count > 3)
            {
                y = Vector512.Load(g3 + i);
                s30 = Vector512.FusedMultiplyAdd(y, x0, s30);
                s31 = Vector512.FusedMultiplyAdd(y, x1, s31);
                s32 = Vector512.FusedMultiplyAdd(y, x2, s32);
                s33 = Vector512.FusedMultiplyAdd(y, x3, s33);
                s34 = Vector512.FusedMultiplyAdd(y, x4, s34);
            }
        }

        Store(sums, s00, s01, s02, s03, s04);
        if (TRows.Count > 1)
        {
            Store(sums1, s10, s11, s12, s13, s14);
        }

        if (TRows.Count > 2)
        {
            Store(sums2, s20, s21, s22, s23, s24);
        }

        if (TRows.Count > 3)
        {
            Store(sums3, s30, s31, s32, s33, s34);
        }
    }

    /// <summary>result[i] ← the sum of the 16 lanes of sums[i].</summary>
    /// <param name="sums">[length, 16].</param>
    public static void Fold(float* sums, float* result, int length)
    {
        for (int i = 0; i < length; i++)
        {
            result[i] = Reductions.SumPadded(sums + (i * Lanes), Lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        float* sums, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3, Vector512<float> s4)
    {
        s0.Store(sums);
        s1.Store(sums + Lanes);
        s2.Store(sums + (2 * Lanes));
        s3.Store(sums + (3 * Lanes));
        s4.Store(sums + (4 * Lanes));
    }
}
