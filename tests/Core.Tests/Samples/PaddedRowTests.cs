using OrleansSgd.Core.Samples;

namespace OrleansSgd.Core.Tests.Samples;

/// <summary>Goal: what fills up a row changes nothing, for loops that take four entries at once and store them in their order.</summary>
public class PaddedRowTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(8, 8)]
    public void Entries_stand_at_the_end_of_whole_fours(int entries, int length)
    {
        int[] indices = [.. Enumerable.Range(0, entries).Select(i => 2 + (3 * i))];
        float[] values = [.. indices.Select(index => 0.5f + index)];
        SparseTable table = TableOf(indices, values);

        PaddedRow row = table[1];

        int added = length - entries;
        Assert.Equal((length, 7f), (row.Length, row.Label));
        Assert.Equal(indices, row.Indices[added..].ToArray());
        Assert.Equal(values, row.Values[added..].ToArray());
        Assert.All(row.Values[..added].ToArray(), value => Assert.Equal(0, value));
        Assert.All(row.Indices[..added].ToArray(), index => Assert.Equal(indices[0], index));
        Assert.Equal(indices, table.Indices(1).ToArray());
        Assert.Equal(values, table.Values(1).ToArray());
        Assert.Equal([9], table.Indices(2).ToArray());
    }

    // Between two rows of one entry each.
    private static SparseTable TableOf(int[] indices, float[] values) => new(
        [0, 1, 1 + indices.Length, 2 + indices.Length], [9, .. indices, 9], [1, .. values, 1], [3, 7, 4], 32);
}
