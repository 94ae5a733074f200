using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Tests.Vectors;

public class ShardMapTests
{
    private static readonly Arbitrary<(int Dimension, int Count)> Cuts =
        (from dimension in Gen.OneOf(Gen.Choose(1, 50), Gen.Choose(1000, 100_000), Gen.Choose(int.MaxValue - 9, int.MaxValue))
         from count in Gen.Choose(1, Math.Min(dimension, 300))
         select (dimension, count)).ToArbitrary();

    [Fact]
    public void Shards_cover_the_vector_without_gap_or_overlap_and_differ_by_one_at_most() =>
        Prop.ForAll(Cuts, cut =>
        {
            var map = new ShardMap(cut.Dimension, cut.Count);
            return IsFairCut([.. Enumerable.Range(0, map.Count).Select(i => map[i])], cut.Dimension);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cut_with_a_gap_an_overlap_or_a_fat_shard_is_caught()
    {
        Assert.False(IsFairCut([new(0, 2), new(3, 5)], 5));
        Assert.False(IsFairCut([new(0, 3), new(2, 5)], 5));
        Assert.False(IsFairCut([new(0, 1), new(1, 5)], 5));
        Assert.False(IsFairCut([new(0, 2), new(2, 4)], 5));
    }

    [Fact]
    public void Seven_parameters_on_three_shards_are_two_two_and_three()
    {
        var map = new ShardMap(7, 3);

        Assert.Equal(["[0, 2)", "[2, 4)", "[4, 7)"], Enumerable.Range(0, 3).Select(i => map[i].ToString()));
    }

    [Fact]
    public void More_shards_than_parameters_are_a_bug_of_the_caller()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardMap(3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardMap(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardMap(3, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardRange(2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardRange(-1, 2));
    }

    private static bool IsFairCut(ShardRange[] ranges, int dimension)
    {
        bool isWhole = ranges[0].Start == 0 && ranges[^1].End == dimension;
        bool isSeamless = ranges.Zip(ranges.Skip(1)).All(pair => pair.First.End == pair.Second.Start);
        return isWhole && isSeamless && ranges.Max(range => range.Length) - ranges.Min(range => range.Length) <= 1;
    }
}
