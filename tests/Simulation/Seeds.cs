using System.Globalization;

namespace OrleansSgd.Simulation;

/// <summary>How many seeds the tests try: 300, or what the environment variable SIMULATION_SEEDS says for a longer soak.</summary>
internal static class Seeds
{
    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEEDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? count
            : 300;

    /// <summary>1 and up.</summary>
    public static IEnumerable<ulong> All => Enumerable.Range(1, Count).Select(seed => (ulong)seed);
}
