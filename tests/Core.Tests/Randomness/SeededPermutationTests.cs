using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Randomness;

public class SeededPermutationTests
{
    private static readonly Arbitrary<(int Count, ulong Seed, ulong Stream)> Orders =
        (from count in Gen.OneOf(Gen.Choose(1, 300), Gen.Choose(4000, 9000))
         from seed in Gen.Choose(0, int.MaxValue)
         from stream in Gen.Choose(0, 100)
         select (count, (ulong)seed, (ulong)stream)).ToArbitrary();

    [Fact]
    public void Every_number_comes_exactly_once() =>
        Prop.ForAll(Orders, order =>
            IsBijection([.. Enumerable.Range(0, order.Count).Select(Order(order))])).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_that_repeats_a_number_is_caught() => Assert.False(IsBijection([0, 2, 2]));

    [Fact]
    public void Fill_gives_what_the_positions_give() =>
        Prop.ForAll(Orders, order =>
        {
            SeededPermutation permutation = new(order.Count, order.Seed, order.Stream);
            int start = order.Count / 3;
            int[] rows = new int[order.Count - start];

            permutation.Fill(start, rows);

            Assert.Equal(Enumerable.Range(start, rows.Length).Select(position => permutation[position]), rows);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Fill_of_an_order_too_long_for_tables_gives_what_the_positions_give()
    {
        SeededPermutation permutation = new(int.MaxValue, 3);
        int[] rows = new int[5000];

        permutation.Fill(1_000_000_000, rows);

        Assert.Equal(Enumerable.Range(1_000_000_000, rows.Length).Select(position => permutation[position]), rows);
    }

    [Fact]
    public void First_rows_are_golden()
    {
        Assert.Equal([3, 6, 8, 7, 2, 9, 5, 1, 0, 4], All(new SeededPermutation(10, 42, 0)));
        Assert.Equal([3, 1, 9, 0, 7, 6, 2, 4, 5, 8], All(new SeededPermutation(10, 42, 1)));
        Assert.Equal([16156, 44099, 26406, 11288, 50661, 14350, 52912, 12224], All(new SeededPermutation(60_000, 42, 3)).Take(8));
    }

    [Theory]
    [InlineData(4, 24)]
    [InlineData(5, 120)]
    public void All_orders_of_few_rows_are_about_equally_likely(int count, int orderCount)
    {
        Dictionary<string, int> counts = [];
        for (ulong stream = 0; stream < (ulong)orderCount * 100; stream++)
        {
            string order = string.Join(',', All(new SeededPermutation(count, 5, stream)));
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        Assert.Equal(orderCount, counts.Count);

        // Mean n − 1 and variance 2(n − 1) for n orders: four standard deviations above; the seed is fixed.
        int freedom = orderCount - 1;
        Assert.InRange(ChiSquare.Of(counts.Values), 0, freedom + (4 * Math.Sqrt(2 * freedom)));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(60_000)]
    public void Each_stretch_of_an_order_draws_evenly_from_all_rows(int count)
    {
        const int Bins = 10;
        int[] counts = new int[Bins];
        for (ulong stream = 0; stream < 200; stream++)
        {
            SeededPermutation permutation = new(count, 11, stream);
            for (int position = 0; position < 5; position++)
            {
                counts[(int)((long)permutation[position] * Bins / count)]++;
            }
        }

        // 9 degrees of freedom: above 27.9 once in a thousand; the seed is fixed.
        Assert.InRange(ChiSquare.Of(counts), 0, 27.9);
    }

    [Fact]
    public void Longest_order_answers_at_both_ends()
    {
        SeededPermutation permutation = new(int.MaxValue, 1);

        Assert.InRange(permutation[0], 0, int.MaxValue - 1);
        Assert.InRange(permutation[int.MaxValue - 1], 0, int.MaxValue - 1);
    }

    [Fact]
    public void Positions_outside_the_order_are_a_bug_of_the_caller()
    {
        SeededPermutation permutation = new(10, 1);
        int[] rows = new int[4];

        Assert.Throws<ArgumentOutOfRangeException>(() => permutation[10]);
        Assert.Throws<ArgumentOutOfRangeException>(() => permutation[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => permutation.Fill(7, rows));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeededPermutation(0, 1));
        Assert.Equal(new int[4], rows);
    }

    private static Func<int, int> Order((int Count, ulong Seed, ulong Stream) order)
    {
        SeededPermutation permutation = new(order.Count, order.Seed, order.Stream);
        return position => permutation[position];
    }

    private static int[] All(SeededPermutation permutation)
    {
        int[] rows = new int[permutation.Count];
        permutation.Fill(0, rows);
        return rows;
    }

    private static bool IsBijection(int[] rows) => rows.Order().SequenceEqual(Enumerable.Range(0, rows.Length));
}
