namespace OrleansSgd.Architecture.Tests;

/// <summary>Who may reference what. A project exists to keep a dependency out of the others; this table says which.</summary>
/// <remarks>The base framework (Microsoft.NETCore.App) is open to all and is not listed. ARCHITECTURE.md shows the same as a picture.</remarks>
internal static class DependencyRules
{
    private const string AspNet = "Microsoft.AspNetCore.*";
    private const string Hosting = "Microsoft.Extensions.*";
    private const string Tensors = "System.Numerics.Tensors";

    private static readonly string[] Orleans = ["Orleans.*", "Microsoft.Orleans.*"];
    private static readonly string[] TestTools = ["Testing", "xunit", "xunit.*", "FsCheck", "FSharp.Core"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [Tensors],
        ["Telemetry"] = ["Core", Tensors, Hosting, "OpenTelemetry", "OpenTelemetry.*"],

        // It checks what the others claim, so it shares nothing with them but the trace format.
        ["Certifier"] = [],

        // Runs in virtual time: what cannot be simulated is in the wrong project.
        ["Simulator"] = ["Core", Tensors],
        ["Experiments"] = ["Core", "Models", "Data", "Simulator", Tensors],
        ["Models"] = ["Core", Tensors, "TorchSharp", "TorchSharp.*"],
        ["Data"] = ["Core", Tensors, "CsvHelper"],
        ["Storage"] = ["Core", "Azure.*", "System.IO.Hashing", "System.Memory.Data"],
        ["Grains"] = ["Core", "Models", "Data", "Telemetry", Tensors, Hosting, .. Orleans],
        ["Dashboard"] = ["Core", "Telemetry", "Grains", Hosting, AspNet, .. Orleans],
        ["Silo"] = ["Core", "Models", "Data", "Telemetry", "Storage", "Grains", Hosting, AspNet, "OpenTelemetry", "OpenTelemetry.*", .. Orleans],
        ["Client"] =
        [
            "Core", "Models", "Data", "Telemetry", "Storage", "Grains", "Silo", "Dashboard", "Certifier", "Simulator", "Experiments",
            Hosting, AspNet, "OpenTelemetry", "OpenTelemetry.*",
            "Spectre.Console", "System.CommandLine", "YamlDotNet", .. Orleans,
        ],

        // What stands in for a package knows nothing of what is built on it.
        ["Orleans.InProcess"] = [Hosting, AspNet],
        ["TorchSharp.System"] = [],
        ["System.IO.Hashing"] = [],

        // Core and what simulates it only, for the same reason.
        ["Core.Tests"] = ["Core", Tensors, .. TestTools],
        ["Simulation"] = ["Core", "Simulator", Tensors, .. TestTools],
        ["Testing"] = TestTools,
    };

    /// <summary>True when the table says what the project may reference.</summary>
    public static bool Know(string project) => Allowed.ContainsKey(project);

    /// <summary>One sentence for each reference that the table does not allow.</summary>
    /// <param name="project">Name of the project, in the table.</param>
    /// <param name="references">Names of projects, packages or assemblies.</param>
    public static string[] Violations(string project, IEnumerable<string> references) =>
    [
        .. references
            .Where(reference => !Allowed[project].Any(pattern => Matches(reference, pattern)))
            .Select(reference =>
                $"{project} references {reference}; it may reference {string.Join(", ", Allowed[project].Prepend("the framework"))}."),
    ];

    /// <summary>One sentence for each test project that a test project references; Testing is the only shared test code.</summary>
    /// <param name="project">A test project.</param>
    /// <param name="references">What it references.</param>
    /// <param name="tests">All test projects.</param>
    public static string[] SharedTests(string project, IEnumerable<string> references, IEnumerable<string> tests) =>
    [
        .. references.Intersect(tests).Where(reference => reference != "Testing")
            .Select(reference => $"{project} references {reference}; move what both need to Testing."),
    ];

    private static bool Matches(string reference, string pattern) => pattern.EndsWith(".*", StringComparison.Ordinal)
        ? reference.StartsWith(pattern[..^1], StringComparison.Ordinal) || reference == pattern[..^2]
        : reference == pattern;
}
