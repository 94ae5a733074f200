using System.Reflection;

namespace OrleansSgd.Client;

/// <summary>Which grid runtime this program runs on.</summary>
/// <remarks>Asked of the assembly that is loaded, not of a constant of the build: a wrong build cannot lie about itself.</remarks>
internal static class RuntimeName
{
    private const string StandIn = "Orleans.InProcess";

    private static readonly AssemblyName Assembly = typeof(Grain).Assembly.GetName();

    /// <summary>As events name it: <c>inprocess</c> or <c>orleans</c>.</summary>
    public static string Short { get; } = Assembly.Name == StandIn ? "inprocess" : "orleans";

    /// <summary>For people.</summary>
    public static string Long { get; } = Assembly.Name == StandIn
        ? "the built-in in-process runtime"
        : $"Microsoft Orleans {Assembly.Version?.ToString(3)}";
}
