namespace OrleansSgd.Deployment.Tests.Running;

/// <summary>
/// What the built-in runtime cannot do of the compose file: silos in several processes. One process then is the grid, and clients are told its port.
/// </summary>
internal static class Runtime
{
    private static readonly bool IsOrleans = typeof(Grain).Assembly.GetName().Name!.StartsWith("Orleans.Core", StringComparison.Ordinal);

    /// <summary>Silo processes that form a grid.</summary>
    public static int Silos => IsOrleans ? 2 : 1;

    /// <summary>Variables of silos that differ from the file.</summary>
    public static Dictionary<string, string> Changed => IsOrleans ? [] : new() { ["GRID_CLUSTERING"] = "local" };

    /// <summary>Variables of a client that differ from the file.</summary>
    /// <param name="ports">Of the first silo.</param>
    public static Dictionary<string, string> ClientOf(Dictionary<string, string> ports) =>
        IsOrleans ? [] : new() { ["GRID_CLUSTERING"] = "local", ["GRID_GATEWAY"] = $"127.0.0.1:{ports["GRID_GATEWAY_PORT"]}" };
}
