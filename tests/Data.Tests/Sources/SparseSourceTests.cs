using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Tests.Sources;

public class SparseSourceTests
{
    private readonly SparseSource _source = new(
        [.. Enumerable.Range(0, 21).Select(row => 3 * row)],
        [.. Enumerable.Range(0, 20).SelectMany(row => new[] { 0, 1 + row, 30 })],
        [.. Enumerable.Range(0, 60).Select(entry => (float)entry)],
        [.. Enumerable.Range(0, 20).Select(row => (float)(row % 2))],
        featureCount: 31,
        classCount: 2);

    [Fact]
    public void Read_copies_rows_in_the_order_asked_for()
    {
        var batch = new SampleBatch();

        _source.Read([19, 0, 7], batch);

        Assert.Equal([0, 3, 6, 9], batch.RowStarts.ToArray());
        Assert.Equal([0, 20, 30, 0, 1, 30, 0, 8, 30], batch.Indices.ToArray());
        Assert.Equal([57, 58, 59, 0, 1, 2, 21, 22, 23], batch.Values.ToArray());
        Assert.Equal([1, 0, 1], batch.Labels.ToArray());
    }

    [Fact]
    public void Subset_names_the_rows_of_the_table_it_is_part_of()
    {
        var subset = new RowSubset(new RowSubset(_source, [3, 9, 14, 17]), [1, 3]);
        int[] rows = [0, 1, 0];

        ((ISampleSource)subset).ToTable(rows);

        Assert.Same(_source.Table, subset.Table);
        Assert.Equal([9, 17, 9], rows);
    }
}
