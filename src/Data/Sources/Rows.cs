namespace OrleansSgd.Data.Sources;

/// <summary>The one check every source makes of the rows it is asked for.</summary>
internal static class Rows
{
    /// <exception cref="ArgumentOutOfRangeException">A row number is outside [0, count).</exception>
    public static void Check(ReadOnlySpan<int> rows, int count)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)count)
            {
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"Row {row} is outside 0 to {count - 1}.");
            }
        }
    }
}
