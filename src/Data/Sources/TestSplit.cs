using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Data.Sources;

/// <summary>Which rows of one file are for training and which for testing.</summary>
/// <param name="Train">Ascending row numbers.</param>
/// <param name="Test">Ascending row numbers; empty when there is no split.</param>
internal sealed record TestSplit(int[] Train, int[] Test)
{
    // A stream of its own, so that the split does not repeat draws made elsewhere from the same seed.
    private const ulong Stream = 0x5350_4C49_54;

    /// <summary>Draws round(share · count) rows for testing, at least one and not all of them.</summary>
    /// <exception cref="InvalidDataException">There are fewer than two rows.</exception>
    public static TestSplit Draw(int count, double share, ulong seed, string name)
    {
        if (count < 2)
        {
            throw new InvalidDataException($"{name} has {count} rows; a split by testShare needs 2 or more.");
        }

        int testCount = Math.Clamp((int)Math.Round(share * count), 1, count - 1);
        int[] rows = new int[count];
        for (int i = 0; i < count; i++)
        {
            rows[i] = i;
        }

        var random = new SeededRandom(seed, Stream);
        for (int i = 0; i < testCount; i++)
        {
            int j = i + random.NextInt(count - i);
            (rows[i], rows[j]) = (rows[j], rows[i]);
        }

        int[] test = rows[..testCount];
        int[] train = rows[testCount..];
        Array.Sort(test);
        Array.Sort(train);
        return new(train, test);
    }
}
