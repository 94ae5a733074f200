using OrleansSgd.Core.Samples;

namespace OrleansSgd.Core.Tests.Samples;

public class SparseTableTests
{
    [Fact]
    public void Rows_come_back_as_they_were_given()
    {
        var table = new SparseTable([0, 2, 2, 5], [1, 4, 0, 2, 3], [0.5f, -1, 2, 3, 4], [1, 0, -2.5f], 5);

        Assert.Equal((3, 5), (table.Count, table.FeatureCount));
        Assert.Equal([1, 4], table.Indices(0).ToArray());
        Assert.Equal([0.5f, -1], table.Values(0).ToArray());
        Assert.True(table.Indices(1).IsEmpty && table.Values(1).IsEmpty);
        Assert.Equal([0, 2, 3], table.Indices(2).ToArray());
        Assert.Equal([2f, 3, 4], table.Values(2).ToArray());
        Assert.Equal([1, 0, -2.5f], Enumerable.Range(0, 3).Select(table.Label));
    }

    [Theory]
    [InlineData(new[] { 0, 2, 3 }, new[] { 4, 1, 0 }, "row 0")] // does not ascend
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 1, 0 }, "row 0")] // twice
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 4, 5 }, "row 1")] // beyond the features
    [InlineData(new[] { 0, 2, 3 }, new[] { 1, 4, -1 }, "row 1")]
    [InlineData(new[] { 0, 4, 3 }, new[] { 1, 4, 0 }, "row")] // an end before its start
    [InlineData(new[] { 1, 2, 3 }, new[] { 1, 4, 0 }, "make no rows")]
    [InlineData(new[] { 0, 2, 4 }, new[] { 1, 4, 0 }, "make no rows")]
    public void Rows_that_a_loop_could_not_trust_are_refused(int[] starts, int[] indices, string named)
    {
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => new SparseTable(starts, indices, [1, 2, 3], [0, 1], 5));

        Assert.Contains(named, refusal.Message);
    }
}
