namespace OrleansSgd.Models.Kernels;

/// <summary>The right side of a product of matrices that is not floats in memory: it is written, a block at a time, into a panel that stays in the first-level cache.</summary>
internal unsafe interface IPanels
{
    /// <summary>panel[k, j] ← B[depth + k, column + j]; columns from the width on become anything finite.</summary>
    /// <param name="depth">First row of B.</param>
    /// <param name="depthCount">Rows.</param>
    /// <param name="column">First column of B.</param>
    /// <param name="width">Columns, at most <paramref name="paddedWidth"/>.</param>
    /// <param name="paddedWidth">Floats from row to row of the panel.</param>
    /// <param name="panel">[<paramref name="depthCount"/>, <paramref name="paddedWidth"/>].</param>
    void Fill(int depth, int depthCount, int column, int width, int paddedWidth, float* panel);
}
