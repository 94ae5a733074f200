using System.Globalization;
using System.Runtime.InteropServices;
using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Bench;

/// <summary>What figures of a session were measured on: without it, they say nothing to anybody else.</summary>
/// <param name="Processor">Its model; empty when the system does not say.</param>
/// <param name="Load">Programs that ran or waited in the minute before, on average; NaN when the system does not say.</param>
/// <param name="At">When it began.</param>
internal sealed record MachineFacts(
    string Processor, int Processors, long MemoryBytes, string System, string Dotnet, string Runtime, double Load, DateTimeOffset At)
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const string LoadFile = "/proc/loadavg";

    // A line that takes so many times as long as in the median has gone from one cache to another.
    private const double ApartFactor = 2;

    /// <summary>Round trips of a line between two processors, one before each program, in ns; empty when not measured.</summary>
    public IReadOnlyList<double> RoundTrips { get; init; } = [];

    /// <summary>This machine, now.</summary>
    public static MachineFacts Here(TimeProvider time) => new(
        ModelIn(Lines(ProcessorFile)), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription, RuntimeName.Long, LoadIn(Lines(LoadFile)), time.GetUtcNow());

    /// <summary>The facts in the order of tables.</summary>
    /// <param name="versions">What the programs said they are built on.</param>
    public IEnumerable<(string Label, string Text)> Rows(IReadOnlyCollection<string> versions)
    {
        yield return ("Measured", At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC");
        yield return ("Processor", Processor.Length == 0 ? "unknown" : Processor);
        yield return ("Processors", Figures.Count(Processors));
        yield return ("Memory", $"{Figures.One(MemoryBytes / 1e9)} GB");
        yield return ("System", System);
        yield return ("Software", string.Join("; ", versions.Prepend(Runtime).Prepend(Dotnet)));
        if (RoundTrips.Count > 0)
        {
            var trips = Spread.Of(RoundTrips);
            yield return (
                "A cache line to another processor and back",
                $"{Figures.Count((long)trips.Median)} ns in the median, {Figures.Count((long)trips.Least)} to {Figures.Count((long)trips.Most)}; more than twice the median "
                + $"before {RoundTrips.Count(trip => trip > ApartFactor * trips.Median)} of {trips.Count} runs");
        }

        yield return ("Load before", double.IsNaN(Load) ? "unknown" : $"{Load.ToString("F2", CultureInfo.InvariantCulture)} programs in the mean of a minute");
    }

    /// <summary>The model's name in the lines of /proc/cpuinfo.</summary>
    public static string ModelIn(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim() ?? "";

    /// <summary>The load of a minute in /proc/loadavg.</summary>
    public static double LoadIn(IEnumerable<string> lines) =>
        double.TryParse(lines.FirstOrDefault("").Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double load) ? load : double.NaN;

    private static IEnumerable<string> Lines(string file) => File.Exists(file) ? File.ReadLines(file) : [];
}
