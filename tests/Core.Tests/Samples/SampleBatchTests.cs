using OrleansSgd.Core.Samples;

namespace OrleansSgd.Core.Tests.Samples;

public class SampleBatchTests
{
    private static readonly byte[] Table = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void A_batch_of_bytes_says_where_its_rows_begin_and_has_no_floats()
    {
        var batch = new SampleBatch { TakesBytes = true };

        batch.LendBytes(Table, [2, 0], featureCount: 2, centre: 3, scale: 0.5f);

        Assert.True(batch.IsBytes);
        Assert.Equal(2, batch.Count);
        Assert.Equal(2, batch.FeatureCount);
        Assert.True(batch.Dense.IsEmpty);
        Assert.Equal([4, 0], batch.Bytes.Starts.ToArray());
        Assert.Equal(Table, batch.Bytes.Table.ToArray());
        Assert.Equal(3, batch.Bytes.Centre);
        Assert.Equal(0.5f, batch.Bytes.Scale);
    }

    [Fact]
    public void The_next_rows_may_be_floats_or_sparse()
    {
        var batch = new SampleBatch { TakesBytes = true };
        batch.LendBytes(Table, [2, 0], 2, 0, 1);

        batch.ResizeDense(1, 2);
        Assert.False(batch.IsBytes);
        Assert.Equal(2, batch.Dense.Length);

        batch.LendBytes(Table, [1], 2, 0, 1);
        batch.ResizeSparse(1, 2, 1);
        Assert.False(batch.IsBytes);
        Assert.True(batch.IsSparse);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void A_row_outside_the_table_is_a_callers_bug(int row)
    {
        var batch = new SampleBatch { TakesBytes = true };

        Assert.Throws<ArgumentOutOfRangeException>(() => batch.LendBytes(Table, [row], 2, 0, 1));
    }

    [Fact]
    public void Nobody_lends_bytes_to_a_batch_that_takes_none() =>
        Assert.Throws<InvalidOperationException>(() => new SampleBatch().LendBytes(Table, [0], 2, 0, 1));
}
