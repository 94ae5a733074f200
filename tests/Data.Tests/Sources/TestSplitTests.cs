using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Tests.Sources;

public class TestSplitTests
{
    [Fact]
    public void Every_row_is_in_exactly_one_part_and_each_part_has_rows() =>
        Prop.ForAll(Gen.Choose(2, 200).ToArbitrary(), Gen.Choose(1, 99).ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (count, percent, seed) =>
        {
            TestSplit split = TestSplit.Draw(count, percent / 100.0, (ulong)seed, "f");
            AssertParts(split, count);
            Assert.InRange(split.Test.Length, count * percent / 100.0 - 1, count * percent / 100.0 + 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_seed_draws_the_same_rows_and_another_seed_others()
    {
        Assert.Equal(TestSplit.Draw(1000, 0.5, 7, "f").Test, TestSplit.Draw(1000, 0.5, 7, "f").Test);
        Assert.NotEqual(TestSplit.Draw(1000, 0.5, 7, "f").Test, TestSplit.Draw(1000, 0.5, 8, "f").Test);
    }

    [Fact]
    public void The_law_catches_a_split_that_uses_a_row_twice() =>
        Assert.ThrowsAny<Exception>(() => AssertParts(new TestSplit([0, 1, 2], [2]), 3));

    [Fact]
    public void One_row_cannot_be_split() =>
        Assert.Equal(
            "f has 1 rows; a split by testShare needs 2 or more.",
            Assert.Throws<InvalidDataException>(() => TestSplit.Draw(1, 0.5, 1, "f")).Message);

    private static void AssertParts(TestSplit split, int count)
    {
        Assert.NotEmpty(split.Train);
        Assert.NotEmpty(split.Test);
        Assert.Equal(Enumerable.Range(0, count), split.Train.Concat(split.Test).Order());
    }
}
