using OrleansSgd.Core.Randomness;

namespace OrleansSgd.Core.Tests.Optimizers;

/// <summary>Random vectors for the tests of this folder.</summary>
internal static class Vectors
{
    public static float[] Bell(SeededRandom random, int length, double scale = 1) =>
        [.. Enumerable.Range(0, length).Select(_ => (float)(scale * random.NextGaussian()))];

    public static double Norm(IEnumerable<float> values) => Math.Sqrt(values.Sum(value => (double)value * value));

    public static double Distance(IEnumerable<double> a, IEnumerable<double> b) =>
        Math.Sqrt(a.Zip(b, (first, second) => (first - second) * (first - second)).Sum());
}
