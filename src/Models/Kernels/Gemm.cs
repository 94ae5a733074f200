using System.Runtime.CompilerServices;

namespace OrleansSgd.Models.Kernels;

/// <summary>Single-precision matrix product on one thread, with the same bits everywhere.</summary>
/// <remarks>
/// Every number of C is the chain fma(A[i, K−1], B[K−1, j], … fma(A[i, 0], B[0, j], start)), rounded once a term:
/// exactly what the three plain loops with <see cref="MathF.FusedMultiplyAdd"/> give. <c>GemmTests</c> compares bits.
/// The order of tiles and blocks is only about caches.
/// </remarks>
internal static unsafe class Gemm
{
    // 128 × 64 floats of B are 32 KiB: they stay in a 48 KiB first-level cache while every row of A passes.
    private const int DepthBlock = 128;
    private const int PanelWidthMax = 4 * GemmTile.Lanes;

    // Below this many rows a panel of B is used too few times to be worth copying.
    private const int RowCountWorthPacking = 24;

    private static readonly delegate*<int, float*, nint, nint, float*, nint, float*, nint, bool, void>[] Tiles =
    [
        &GemmTile.Multiply<One, One>, &GemmTile.Multiply<One, Two>,
        &GemmTile.Multiply<One, Three>, &GemmTile.Multiply<One, Four>,
        &GemmTile.Multiply<Two, One>, &GemmTile.Multiply<Two, Two>,
        &GemmTile.Multiply<Two, Three>, &GemmTile.Multiply<Two, Four>,
        &GemmTile.Multiply<Three, One>, &GemmTile.Multiply<Three, Two>,
        &GemmTile.Multiply<Three, Three>, &GemmTile.Multiply<Three, Four>,
        &GemmTile.Multiply<Four, One>, &GemmTile.Multiply<Four, Two>,
        &GemmTile.Multiply<Four, Three>, &GemmTile.Multiply<Four, Four>,
        &GemmTile.Multiply<Five, One>, &GemmTile.Multiply<Five, Two>,
        &GemmTile.Multiply<Five, Three>, &GemmTile.Multiply<Five, Four>,
        &GemmTile.Multiply<Six, One>, &GemmTile.Multiply<Six, Two>,
        &GemmTile.Multiply<Six, Three>, &GemmTile.Multiply<Six, Four>,
    ];

    /// <summary>C ← (C or 0) + A·B.</summary>
    /// <param name="rowCount">Rows of A and C.</param>
    /// <param name="columnCount">Columns of B and C.</param>
    /// <param name="depth">Columns of A, rows of B; 0 leaves C as it is or makes it zero.</param>
    /// <param name="a">A[i, k] lies at a[i·aRowStride + k·aDepthStride], so a transposed A needs no copy.</param>
    /// <param name="aRowStride">Floats from row to row of A.</param>
    /// <param name="aDepthStride">Floats from column to column of A.</param>
    /// <param name="b">B[k, j] lies at b[k·bStride + j].</param>
    /// <param name="bStride">Floats from row to row of B.</param>
    /// <param name="c">C[i, j] lies at c[i·cStride + j]; overlaps neither A nor B.</param>
    /// <param name="cStride">Floats from row to row of C.</param>
    /// <param name="accumulate">False starts every chain at 0 instead of at C.</param>
    [SkipLocalsInit]
    public static void Multiply(
        int rowCount, int columnCount, int depth,
        float* a, nint aRowStride, nint aDepthStride, float* b, nint bStride, float* c, nint cStride,
        bool accumulate)
    {
        float* panel = stackalloc float[DepthBlock * PanelWidthMax];
        int panelWidth = GemmTile.VectorCountMax * GemmTile.Lanes;
        int k = 0;
        do
        {
            int depthNow = Math.Min(DepthBlock, depth - k);
            for (int column = 0; column < columnCount; column += panelWidth)
            {
                int width = Math.Min(panelWidth, columnCount - column);
                int vectorCount = (width + GemmTile.Lanes - 1) / GemmTile.Lanes;
                int paddedWidth = vectorCount * GemmTile.Lanes;
                float* right = b + (k * bStride) + column;
                nint rightStride = bStride;
                bool isAlreadyPanel = bStride == paddedWidth;
                if (width != paddedWidth || (rowCount >= RowCountWorthPacking && !isAlreadyPanel))
                {
                    Pack(right, bStride, depthNow, width, paddedWidth, panel);
                    right = panel;
                    rightStride = paddedWidth;
                }

                Panel(
                    rowCount, vectorCount, width, depthNow,
                    a + (k * aDepthStride), aRowStride, aDepthStride, right, rightStride, c + column, cStride,
                    accumulate || k > 0);
            }

            k += depthNow;
        }
        while (k < depth);
    }

    // All rows of A against one panel of B.
    [SkipLocalsInit]
    private static void Panel(
        int rowCount, int vectorCount, int width, int depth,
        float* a, nint aRowStride, nint aDepthStride, float* b, nint bStride, float* c, nint cStride,
        bool accumulate)
    {
        const int EdgeStride = PanelWidthMax;
        float* edge = stackalloc float[GemmTile.RowCountMax * EdgeStride];
        bool isWhole = width == vectorCount * GemmTile.Lanes;
        int tilesLeft = (rowCount + GemmTile.RowCountMax - 1) / GemmTile.RowCountMax;
        for (int row = 0; row < rowCount; tilesLeft--)
        {
            // Spread evenly: 10 rows are 5 + 5, not 6 + 4.
            int rows = (rowCount - row + tilesLeft - 1) / tilesLeft;
            delegate*<int, float*, nint, nint, float*, nint, float*, nint, bool, void> tile =
                Tiles[((rows - 1) * 4) + vectorCount - 1];
            float* left = a + (row * aRowStride);
            float* target = c + (row * cStride);
            if (isWhole)
            {
                tile(depth, left, aRowStride, aDepthStride, b, bStride, target, cStride, accumulate);
            }
            else
            {
                // The last columns go through a small square, so that nothing beyond C is read or written.
                CopyRows(target, cStride, edge, EdgeStride, accumulate ? rows : 0, width);
                tile(depth, left, aRowStride, aDepthStride, b, bStride, edge, EdgeStride, accumulate);
                CopyRows(edge, EdgeStride, target, cStride, rows, width);
            }

            row += rows;
        }
    }

    private static void CopyRows(float* from, nint fromStride, float* to, nint toStride, int rows, int width)
    {
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(
                to + (row * toStride), from + (row * fromStride), (uint)width * sizeof(float));
        }
    }

    private static void Pack(float* b, nint bStride, int depth, int width, int paddedWidth, float* panel)
    {
        for (int k = 0; k < depth; k++)
        {
            new ReadOnlySpan<float>(b, width).CopyTo(new Span<float>(panel, width));
            new Span<float>(panel + width, paddedWidth - width).Clear();
            b += bStride;
            panel += paddedWidth;
        }
    }
}
