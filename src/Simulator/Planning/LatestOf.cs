using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Simulator.Planning;

/// <summary>The latest of many answers, drawn at once: what the shards that are not played one by one would have taken.</summary>
/// <remarks>
/// A question and its answer have two ways; what each adds to the shortest is exponential of mean 1, so the sum x has
/// F(x) = 1 − (1 + x)·e⁻ˣ, and the largest of n has Fⁿ. Its inverse is tabulated once, so a draw is O(1) whatever n.
/// </remarks>
internal sealed class LatestOf
{
    private const int PlacesCount = 1024;

    private readonly double[] _quantiles = new double[PlacesCount];

    /// <param name="count">n; 1 or more.</param>
    public LatestOf(int count)
    {
        for (int i = 0; i < PlacesCount; i++)
        {
            _quantiles[i] = Inverse(Math.Pow((i + 0.5) / PlacesCount, 1.0 / count));
        }
    }

    /// <summary>One draw, in units of the mean of what a single way adds.</summary>
    public double Draw(SeededRandom random) => _quantiles[random.NextInt(PlacesCount)];

    private static double Inverse(double share)
    {
        double low = 0;
        double high = 64;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            bool isBelow = 1 - ((1 + middle) * Math.Exp(-middle)) < share;
            (low, high) = isBelow ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
