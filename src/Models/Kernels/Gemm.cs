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

    // 64 × 64 floats leave half of a 32 KiB cache to what they are made from.
    private const int WrittenDepth = 64;

    // Below this many rows a panel of B is used too few times to be worth copying.
    private const int RowCountWorthPacking = 24;

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

                var sum = new TileDepth(1, 1, depthNow, 0, 0, aDepthStride, 0, 0, rightStride);
                Panel(
                    rowCount, vectorCount, width, &sum, a + (k * aDepthStride), aRowStride, right, c + column, cStride,
                    accumulate || k > 0);
            }

            k += depthNow;
        }
        while (k < depth);
    }

    /// <summary>C ← (C or 0) + A·B, where every block of B is written when it is needed.</summary>
    /// <typeparam name="TPanels">What B is made from.</typeparam>
    /// <param name="rowCount">Rows of A and C.</param>
    /// <param name="columnCount">Columns of B and C.</param>
    /// <param name="depth">Columns of A, rows of B; at least 1.</param>
    /// <param name="a">A[i, k] lies at a[i·aRowStride + k·aDepthStride].</param>
    /// <param name="aRowStride">Floats from row to row of A.</param>
    /// <param name="aDepthStride">Floats from column to column of A.</param>
    /// <param name="b">B.</param>
    /// <param name="c">C[i, j] lies at c[i·cStride + j].</param>
    /// <param name="cStride">Floats from row to row of C.</param>
    /// <param name="accumulate">False starts every chain at 0 instead of at C.</param>
    [SkipLocalsInit]
    public static void Multiply<TPanels>(
        int rowCount, int columnCount, int depth, float* a, nint aRowStride, nint aDepthStride, TPanels b, float* c, nint cStride, bool accumulate)
        where TPanels : struct, IPanels
    {
        float* panel = stackalloc float[WrittenDepth * PanelWidthMax];
        int panelWidth = GemmTile.VectorCountMax * GemmTile.Lanes;
        for (int k = 0; k < depth; k += WrittenDepth)
        {
            int depthNow = Math.Min(WrittenDepth, depth - k);
            for (int column = 0; column < columnCount; column += panelWidth)
            {
                int width = Math.Min(panelWidth, columnCount - column);
                int vectorCount = (width + GemmTile.Lanes - 1) / GemmTile.Lanes;
                int paddedWidth = vectorCount * GemmTile.Lanes;
                b.Fill(k, depthNow, column, width, paddedWidth, panel);
                var sum = new TileDepth(1, 1, depthNow, 0, 0, aDepthStride, 0, 0, paddedWidth);
                Panel(rowCount, vectorCount, width, &sum, a + (k * aDepthStride), aRowStride, panel, c + column, cStride, accumulate || k > 0);
            }
        }
    }

    // All rows of A against one panel of B.
    [SkipLocalsInit]
    private static void Panel(
        int rowCount, int vectorCount, int width, TileDepth* depth,
        float* a, nint aRowStride, float* b, float* c, nint cStride, bool accumulate)
    {
        const int EdgeStride = PanelWidthMax;
        float* edge = stackalloc float[GemmTile.RowCountMax * EdgeStride];
        bool isWhole = width == vectorCount * GemmTile.Lanes;
        for (int row = 0, rows; row < rowCount; row += rows)
        {
            rows = GemmTiles.RowsOfNext(rowCount - row);
            delegate*<TileDepth*, float*, nint, float*, float*, nint, bool, void> tile = GemmTiles.Of(rows, vectorCount);
            float* left = a + (row * aRowStride);
            float* target = c + (row * cStride);
            if (isWhole)
            {
                tile(depth, left, aRowStride, b, target, cStride, accumulate);
            }
            else
            {
                // The last columns go through a small square, so that nothing beyond C is read or written.
                CopyRows(target, cStride, edge, EdgeStride, accumulate ? rows : 0, width);
                tile(depth, left, aRowStride, b, edge, EdgeStride, accumulate);
                CopyRows(edge, EdgeStride, target, cStride, rows, width);
            }
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
