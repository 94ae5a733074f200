using Xunit.Sdk;

namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Checks on means of many draws from fixed seeds.</summary>
internal static class Sampling
{
    // A sound sample of a thousand means has one this far out in one of two thousand tries; the seeds are fixed, so it stays so.
    private const double DeviationsMax = 5;

    /// <summary>Fails unless the mean of <paramref name="count"/> draws is within five standard deviations of what it should be.</summary>
    /// <param name="deviation">Standard deviation of one draw, or more.</param>
    public static void RequireMean(double expected, double mean, double deviation, int count, string what)
    {
        double allowed = DeviationsMax * deviation / Math.Sqrt(count);
        if (!(Math.Abs(mean - expected) <= allowed))
        {
            throw new XunitException($"Mean of {what} over {count} draws is {mean}, expected {expected} ± {allowed}.");
        }
    }
}
