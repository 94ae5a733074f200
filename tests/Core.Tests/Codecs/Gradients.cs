namespace OrleansSgd.Core.Tests.Codecs;

/// <summary>Vectors that are hard on a selection, each from a seed.</summary>
internal static class Gradients
{
    /// <summary>Name and maker of every sort.</summary>
    public static IEnumerable<(string Name, Func<int, int, float[]> Make)> Sorts { get; } =
    [
        ("bell", (d, seed) => Fill(d, seed, random => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble()) - 1.5))),
        ("wide", (d, seed) => Fill(d, seed, random => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))))),
        ("ties", (d, seed) => Fill(d, seed, random => random.Next(-3, 4))),
        ("alike", (d, seed) => Fill(d, seed, random => random.Next(2) == 0 ? 0.5f : -0.5f)),
        ("zeros", (d, _) => new float[d]),
        ("signed zeros", (d, seed) => Fill(d, seed, random => random.Next(2) == 0 ? 0f : -0f)),
        ("mostly zeros", (d, seed) => Fill(d, seed, random => random.Next(200) == 0 ? (float)random.NextDouble() : 0)),
        ("tiny", (d, seed) => Fill(d, seed, random => random.Next(-40, 41) * float.Epsilon)),
        ("close", (d, seed) => Fill(d, seed, random => BitConverter.Int32BitsToSingle(0x3F80_0000 + random.Next(2000)))),
        ("sampled places large", (d, seed) => Fill(d, seed, (random, i) => (i % 1024 < 16 ? 1000 : 1) * (float)random.NextDouble())),
        ("sampled places zero", (d, seed) => Fill(d, seed, (random, i) => i % 1024 < 16 ? 0 : (float)random.NextDouble())),
        ("one hot block", (d, seed) => Fill(d, seed, (random, i) => (i / 4096 == 1 ? 1000 : 1) * (float)random.NextDouble())),
        ("ascending", (d, _) => [.. Enumerable.Range(0, d).Select(i => (float)i)]),
        ("extreme", (d, seed) => Fill(d, seed, random => random.Next(2) == 0 ? float.MaxValue / 4 : float.MinValue / 4)),
    ];

    public static float[] Bell(int dimension, int seed) => Sorts.First().Make(dimension, seed);

    private static float[] Fill(int dimension, int seed, Func<Random, float> next) => Fill(dimension, seed, (random, _) => next(random));

    private static float[] Fill(int dimension, int seed, Func<Random, int, float> next)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, dimension).Select(i => next(random, i))];
    }
}
