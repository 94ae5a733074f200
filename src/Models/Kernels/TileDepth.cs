namespace OrleansSgd.Models.Kernels;

/// <summary>What a tile sums over: a box of planes, rows and columns. A product of matrices has one plane of one row.</summary>
/// <remarks>Number (p, r, k) lies at p·plane + r·row + k·column floats, in A and in B; columns go fastest.</remarks>
/// <param name="Planes">Such as the channels of a convolution; 0 sums nothing.</param>
/// <param name="Rows">Such as the rows of its kernel.</param>
/// <param name="Columns">Such as the columns of its kernel.</param>
/// <param name="APlane">Floats from plane to plane of A.</param>
/// <param name="ARow">Floats from row to row of A.</param>
/// <param name="AColumn">Floats from column to column of A.</param>
/// <param name="BPlane">Floats from plane to plane of B.</param>
/// <param name="BRow">Floats from row to row of B.</param>
/// <param name="BColumn">Floats from column to column of B.</param>
internal readonly record struct TileDepth(
    int Planes, int Rows, int Columns, nint APlane, nint ARow, nint AColumn, nint BPlane, nint BRow, nint BColumn);
