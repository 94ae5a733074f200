namespace OrleansSgd.Core.Tests.Randomness;

internal static class ChiSquare
{
    /// <summary>How far counts are from being equal; about one per count, less one, when all are equally likely.</summary>
    public static double Of(IReadOnlyCollection<int> counts)
    {
        double expected = counts.Average();
        return counts.Sum(count => (count - expected) * (count - expected) / expected);
    }
}
