using OrleansSgd.Client.Bench;

namespace OrleansSgd.Client.Tests.Bench;

/// <summary>Small comparisons to test with.</summary>
internal static class Sides
{
    public static readonly Measure Speed = new("samplesPerSecond", "samples/s");
    public static readonly Measure Time = new("microseconds", "µs", IsLessBetter: true);

    /// <summary>The grid against peers of these names; commands are unlike each other.</summary>
    public static Comparison Of(string name, Measure measure, params string[] peers) => new(
        name, name, $"what {name} does", measure, Contender.OfGrid(name), [.. peers.Select(peer => Contender.OfPeer(peer, $"{peer}.py {name}"))]);

    /// <summary>What a program prints for a figure.</summary>
    public static BenchLine Line(Measure measure, double figure) =>
        BenchLine.Read(string.Create(null, $$"""{"system":"x","{{measure.Field}}":{{figure}},"torch":"1.13"}"""));
}
