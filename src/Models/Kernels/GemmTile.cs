using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OrleansSgd.Models.Kernels;

/// <summary>The inner loop of <see cref="Gemm"/> and <see cref="Convolution"/>: up to 6 rows by 4 vectors of C, held in registers.</summary>
/// <remarks>
/// <para>Each number of C is one chain of fused multiply-adds in the order of <see cref="TileDepth"/>. No sum is ever split between lanes,
/// so the bits do not depend on the vector width, the tile or where the buffers lie. Where the machine has no
/// 512-bit vectors, a Vector512 is two Vector256 and the same chains run two by two.</para>
/// <para>6 × 4 sums, 4 vectors of B and one of A fill 29 of the 32 registers of AVX-512; 6 × 1 does the same for
/// the 16 of AVX2.</para>
/// </remarks>
internal static unsafe class GemmTile
{
    /// <summary>Floats in one vector.</summary>
    public const int Lanes = 16;

    /// <summary>Most rows of one tile.</summary>
    public const int RowCountMax = 6;

    /// <summary>Vectors of the widest tile this machine has the registers for.</summary>
    public static int VectorCountMax => Vector512.IsHardwareAccelerated ? 4 : 1;

    /// <summary>C[i, j] ← (C[i, j] or 0) + Σₖ A[i, k] · B[k, j], k through the depth.</summary>
    /// <typeparam name="TRows">Rows, 1 to 6.</typeparam>
    /// <typeparam name="TVectors">Columns in units of 16, 1 to 4.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply<TRows, TVectors>(
        TileDepth* depth, float* a, nint aRowStride, float* b, float* c, nint cStride, bool accumulate)
        where TRows : struct, IExtent
        where TVectors : struct, IExtent
    {
        float* a0 = a;
        float* a1 = a + aRowStride;
        float* a2 = a + (2 * aRowStride);
        float* a3 = a + (3 * aRowStride);
        float* a4 = a + (4 * aRowStride);
        float* a5 = a + (5 * aRowStride);
        Vector512<float> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default, c33 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default, c43 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default, c53 = default;
        if (accumulate)
        {
            if (TRows.Count > 0)
            {
                c00 = Vector512.Load(c);
                c01 = TVectors.Count > 1 ? Vector512.Load(c + Lanes) : default;
                c02 = TVectors.Count > 2 ? Vector512.Load(c + (2 * Lanes)) : default;
                c03 = TVectors.Count > 3 ? Vector512.Load(c + (3 * Lanes)) : default;
            }

            if (TRows.Count > 1)
            {
                c10 = Vector512.Load(c + cStride);
                c11 = TVectors.Count > 1 ? Vector512.Load(c + cStride + Lanes) : default;
                c12 = TVectors.Count > 2 ? Vector512.Load(c + cStride + (2 * Lanes)) : default;
                c13 = TVectors.Count > 3 ? Vector512.Load(c + cStride + (3 * Lanes)) : default;
            }

            if (TRows.Count > 2)
            {
                c20 = Vector512.Load(c + (2 * cStride));
                c21 = TVectors.Count > 1 ? Vector512.Load(c + (2 * cStride) + Lanes) : default;
                c22 = TVectors.Count > 2 ? Vector512.Load(c + (2 * cStride) + (2 * Lanes)) : default;
                c23 = TVectors.Count > 3 ? Vector512.Load(c + (2 * cStride) + (3 * Lanes)) : default;
            }

            if (TRows.Count > 3)
            {
                c30 = Vector512.Load(c + (3 * cStride));
                c31 = TVectors.Count > 1 ? Vector512.Load(c + (3 * cStride) + Lanes) : default;
                c32 = TVectors.Count > 2 ? Vector512.Load(c + (3 * cStride) + (2 * Lanes)) : default;
                c33 = TVectors.Count > 3 ? Vector512.Load(c + (3 * cStride) + (3 * Lanes)) : default;
            }

            if (TRows.Count > 4)
            {
                c40 = Vector512.Load(c + (4 * cStride));
                c41 = TVectors.Count > 1 ? Vector512.Load(c + (4 * cStride) + Lanes) : default;
                c42 = TVectors.Count > 2 ? Vector512.Load(c + (4 * cStride) + (2 * Lanes)) : default;
                c43 = TVectors.Count > 3 ? Vector512.Load(c + (4 * cStride) + (3 * Lanes)) : default;
            }

            if (TRows.Count > 5)
            {
                c50 = Vector512.Load(c + (5 * cStride));
                c51 = TVectors.Count > 1 ? Vector512.Load(c + (5 * cStride) + Lanes) : default;
                c52 = TVectors.Count > 2 ? Vector512.Load(c + (5 * cStride) + (2 * Lanes)) : default;
                c53 = TVectors.Count > 3 ? Vector512.Load(c + (5 * cStride) + (3 * Lanes)) : default;
            }
        }
        else if (Sse.IsSupported)
        {
            // What is only written is not in the caches when it is a gradient that frames have carried; it comes while the sums are made.
            for (int row = 0; row < TRows.Count; row++)
            {
                for (int vector = 0; vector < TVectors.Count; vector++)
                {
                    Sse.Prefetch0(c + (row * cStride) + (vector * Lanes));
                }
            }
        }

        int columns = depth->Columns;
        nint aStep = depth->AColumn;
        nint bStep = depth->BColumn;
        for (int p = 0; p < depth->Planes; p++)
        {
            for (int r = 0; r < depth->Rows; r++)
            {
                nint offset = (p * depth->APlane) + (r * depth->ARow);
                float* row = b + (p * depth->BPlane) + (r * depth->BRow);
                for (int k = 0; k < columns; k++)
                {
                    Vector512<float> b0 = Vector512.Load(row);
                    Vector512<float> b1 = TVectors.Count > 1 ? Vector512.Load(row + Lanes) : default;
                    Vector512<float> b2 = TVectors.Count > 2 ? Vector512.Load(row + (2 * Lanes)) : default;
                    Vector512<float> b3 = TVectors.Count > 3 ? Vector512.Load(row + (3 * Lanes)) : default;
                    if (TRows.Count > 0)
                    {
                        Vector512<float> x = Vector512.Create(a0[offset]);
                        c00 = Vector512.FusedMultiplyAdd(x, b0, c00);
                        c01 = TVectors.Count > 1 ? Vector512.FusedMultiplyAdd(x, b1, c01) : default;
                        c02 = TVectors.Count > 2 ? Vector512.FusedMultiplyAdd(x, b2, c02) : default;
                        c03 = TVectors.Count > 3 ? Vector512.FusedMultiplyAdd(x, b3, c03) : default;
                    }

                    if (TRows.Count > 1)
                    {
                        Vector512<float> x = Vector512.Create(a1[offset]);
                        c10 = Vector512.FusedMultiplyAdd(x, b0, c10);
                        c11 = TVectors.Count > 1 ? Vector512.FusedMultiplyAdd(x, b1, c11) : default;
                        c12 = TVectors.Count > 2 ? Vector512.FusedMultiplyAdd(x, b2, c12) : default;
                        c13 = TVectors.Count > 3 ? Vector512.FusedMultiplyAdd(x, b3, c13) : default;
                    }

                    if (TRows.Count > 2)
                    {
                        Vector512<float> x = Vector512.Create(a2[offset]);
                        c20 = Vector512.FusedMultiplyAdd(x, b0, c20);
                        c21 = TVectors.Count > 1 ? Vector512.FusedMultiplyAdd(x, b1, c21) : default;
                        c22 = TVectors.Count > 2 ? Vector512.FusedMultiplyAdd(x, b2, c22) : default;
                        c23 = TVectors.Count > 3 ? Vector512.FusedMultiplyAdd(x, b3, c23) : default;
                    }

                    if (TRows.Count > 3)
                    {
                        Vector512<float> x = Vector512.Create(a3[offset]);
                        c30 = Vector512.FusedMultiplyAdd(x, b0, c30);
                        c31 = TVectors.Count > 1 ? Vector512.FusedMultiplyAdd(x, b1, c31) : default;
                        c32 = TVectors.Count > 2 ? Vector512.FusedMultiplyAdd(x, b2, c32) : default;
                        c33 = TVectors.Count > 3 ? Vector512.FusedMultiplyAdd(x, b3, c33) : default;
                    }

                    if (TRows.Count > 4)
                    {
                        Vector512<float> x = Vector512.Create(a4[offset]);
                        c40 = Vector512.FusedMultiplyAdd(x, b0, c40);
                        c41 = TVectors.Count > 1 ? Vector512.FusedMultiplyAdd(x, b1, c41) : default;
                        c42 = TVectors.Count > 2 ? Vector512.FusedMultiplyAdd(x, b2, c42) : default;
                        c43 = TVectors.Count > 3 ? Vector512.FusedMultiplyAdd(x, b3, c43) : default;
                    }

                    if (TRows.Count > 5)
                    {
                        Vector512<float> x = Vector512.Create(a5[offset]);
                        c50 = Vector512.FusedMultiplyAdd(x, b0, c50);
                        c51 = TVectors.Count > 1 ? Vector512.FusedMultiplyAdd(x, b1, c51) : default;
                        c52 = TVectors.Count > 2 ? Vector512.FusedMultiplyAdd(x, b2, c52) : default;
                        c53 = TVectors.Count > 3 ? Vector512.FusedMultiplyAdd(x, b3, c53) : default;
                    }

                    row += bStep;
                    offset += aStep;
                }
            }
        }

        if (TRows.Count > 0)
        {
            Store<TVectors>(c, c00, c01, c02, c03);
        }

        if (TRows.Count > 1)
        {
            Store<TVectors>(c + cStride, c10, c11, c12, c13);
        }

        if (TRows.Count > 2)
        {
            Store<TVectors>(c + (2 * cStride), c20, c21, c22, c23);
        }

        if (TRows.Count > 3)
        {
            Store<TVectors>(c + (3 * cStride), c30, c31, c32, c33);
        }

        if (TRows.Count > 4)
        {
            Store<TVectors>(c + (4 * cStride), c40, c41, c42, c43);
        }

        if (TRows.Count > 5)
        {
            Store<TVectors>(c + (5 * cStride), c50, c51, c52, c53);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(
        float* c, Vector512<float> c0, Vector512<float> c1, Vector512<float> c2, Vector512<float> c3)
        where TVectors : struct, IExtent
    {
        c0.Store(c);
        if (TVectors.Count > 1)
        {
            c1.Store(c + Lanes);
        }

        if (TVectors.Count > 2)
        {
            c2.Store(c + (2 * Lanes));
        }

        if (TVectors.Count > 3)
        {
            c3.Store(c + (3 * Lanes));
        }
    }
}
