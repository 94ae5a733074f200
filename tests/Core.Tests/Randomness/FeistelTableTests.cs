using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Randomness;

/// <summary>Goal: what is looked up is what is computed. Method: orders whose length is a power of two, which walk no cycles.</summary>
public sealed class FeistelTableTests
{
    [Theory]
    [InlineData(13, 8)]
    [InlineData(14, 8)]
    [InlineData(16, 8)]
    [InlineData(5, 16)]
    [InlineData(12, 16)]
    public void Words_are_shuffled_as_the_order_is(int bits, int steps)
    {
        const ulong Seed = 77;
        SeededPermutation order = new(1 << bits, Seed);
        FeistelTable table = Table(bits, steps, new SeededRandom(Seed));
        int[] words = [.. Enumerable.Range(0, 1 << bits)];

        table.Shuffle(words);

        Assert.Equal(Enumerable.Range(0, 1 << bits).Select(position => order[position]), words);
    }

    [Fact]
    public void Planted_key_of_another_order_is_caught()
    {
        int[] words = [.. Enumerable.Range(0, 1 << 13)];

        Table(13, 8, new SeededRandom(78)).Shuffle(words);

        Assert.NotEqual(Enumerable.Range(0, 1 << 13).Select(position => new SeededPermutation(1 << 13, 77)[position]), words);
    }

    private static FeistelTable Table(int bits, int steps, SeededRandom random)
    {
        ulong[] keys = [.. Enumerable.Range(0, steps).Select(_ => random.NextUInt64())];
        int lowBits = (bits + 1) / 2;
        return new FeistelTable(keys, lowBits, (1u << lowBits) - 1, (1u << (bits - lowBits)) - 1);
    }
}
