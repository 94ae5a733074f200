using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Shards;

public class WorkerTableTests
{
    private readonly WorkerTable _table = new();

    [Fact]
    public void Recorded_update_and_all_before_it_are_had()
    {
        _table.Record(3, 1, sequence: 5);

        Assert.True(_table.Has(3, 1, 5));
        Assert.True(_table.Has(3, 1, 4));
        Assert.False(_table.Has(3, 1, 6));
        Assert.False(_table.Has(2, 1, 5));
    }

    [Fact]
    public void Recording_an_older_update_keeps_the_newer()
    {
        _table.Record(3, 1, 7);
        _table.Record(3, 1, 5);

        Assert.True(_table.Has(3, 1, 7));
    }

    [Fact]
    public void New_life_starts_with_nothing_and_ends_the_old()
    {
        _table.Record(3, 1, 5);
        _table.Record(3, 2, 0);

        Assert.False(_table.Has(3, 2, 1));
        Assert.True(_table.IsFenced(3, 1));
        Assert.False(_table.IsFenced(3, 2));
    }

    [Fact]
    public void Fence_ends_lives_below_it_and_no_other()
    {
        _table.Record(3, 4, 9);
        _table.Fence(3, 4);

        Assert.True(_table.IsFenced(3, 3));
        Assert.False(_table.IsFenced(3, 4));
        Assert.True(_table.Has(3, 4, 9));
        Assert.False(_table.IsFenced(2, 0));
    }

    [Fact]
    public void Late_fence_does_not_lower_an_earlier_one()
    {
        _table.Fence(3, 4);
        _table.Fence(3, 2);

        Assert.True(_table.IsFenced(3, 3));
    }
}
