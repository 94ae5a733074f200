namespace OrleansSgd.Models.Kernels;

/// <summary>Every <see cref="GemmTile"/>, by its rows and vectors.</summary>
internal static unsafe class GemmTiles
{
    private static readonly delegate*<TileDepth*, float*, nint, float*, float*, nint, bool, void>[] Tiles =
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

    /// <summary>The tile of a size.</summary>
    /// <param name="rows">1 to <see cref="GemmTile.RowCountMax"/>.</param>
    /// <param name="vectorCount">1 to <see cref="GemmTile.VectorCountMax"/>.</param>
    public static delegate*<TileDepth*, float*, nint, float*, float*, nint, bool, void> Of(int rows, int vectorCount) =>
        Tiles[((rows - 1) * 4) + vectorCount - 1];

    /// <summary>Rows of the next tile: spread evenly, 10 rows are 5 + 5, not 6 + 4.</summary>
    /// <param name="rowsLeft">Rows that have no tile yet, at least 1.</param>
    public static int RowsOfNext(int rowsLeft)
    {
        int tilesLeft = (rowsLeft + GemmTile.RowCountMax - 1) / GemmTile.RowCountMax;
        return (rowsLeft + tilesLeft - 1) / tilesLeft;
    }
}
