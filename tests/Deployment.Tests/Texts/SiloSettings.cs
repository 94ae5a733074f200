using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OrleansSgd.Client.Settings;
using OrleansSgd.Silo.Http;

namespace OrleansSgd.Deployment.Tests.Texts;

/// <summary>What a silo takes from its environment, and what its HTTP endpoint answers: what every deployment must agree with.</summary>
internal static partial class SiloSettings
{
    /// <summary>Paths that probes may ask.</summary>
    public static readonly string[] HealthPaths = [GridHttp.LivePath, GridHttp.ReadyPath];

    private static readonly string[] Variables = [.. GridSettings.Variables];
    private static readonly string[] Secrets = [.. GridSettings.All.Where(setting => setting.IsSecret).Select(setting => setting.Variable)];

    /// <summary>True for a variable that the process, its runtime or its telemetry reads.</summary>
    public static bool Knows(string variable) => Variables.Contains(variable) || Foreign().IsMatch(variable);

    /// <summary>One sentence for each thing wrong with a silo's environment.</summary>
    /// <param name="where">Begins the sentences.</param>
    public static IEnumerable<string> Mistakes(string where, IReadOnlyDictionary<string, string> environment)
    {
        foreach (string unknown in environment.Keys.Where(name => !Knows(name)))
        {
            yield return $"{where} sets {unknown}, which no silo reads.";
        }

        if (environment.GetValueOrDefault("GRID_HTTP") is { } http && IPEndPoint.TryParse(http, out IPEndPoint? at) && !IPAddress.IsLoopback(at.Address)
            && !(environment.ContainsKey("GRID_CERTIFICATE") && environment.ContainsKey("GRID_TOKENS_FILE")))
        {
            yield return $"{where} listens on {http} without GRID_CERTIFICATE and GRID_TOKENS_FILE; a silo refuses that.";
        }

        if (environment.GetValueOrDefault("GRID_CLUSTERING") is "azure-table" && !environment.ContainsKey("GRID_CLUSTERING_CONNECTION"))
        {
            yield return $"{where} clusters by a table without GRID_CLUSTERING_CONNECTION.";
        }

        if (environment.GetValueOrDefault("GRID_STORE", "").StartsWith("blob:", StringComparison.Ordinal) && !environment.ContainsKey("GRID_STORE_CONNECTION"))
        {
            yield return $"{where} keeps jobs in blobs without GRID_STORE_CONNECTION.";
        }
    }

    /// <summary>The port of GRID_HTTP; 0 when there is none.</summary>
    public static int HttpPort(string address) => IPEndPoint.TryParse(address, out IPEndPoint? at) ? at.Port : 0;

    /// <summary>True for a variable whose value nobody may read.</summary>
    public static bool IsSecret(string variable) => Secrets.Contains(variable);

    /// <summary>A number of the environment; 0 when there is none.</summary>
    public static int Number(IReadOnlyDictionary<string, string> environment, string name) =>
        int.TryParse(environment.GetValueOrDefault(name), CultureInfo.InvariantCulture, out int number) ? number : 0;

    /// <summary>One sentence when an image may be another tomorrow than it is today.</summary>
    public static string? Unpinned(string image)
    {
        string tag = image.Split('@')[0].Split('/')[^1] is var name && name.Contains(':', StringComparison.Ordinal) ? name.Split(':')[1] : "";
        return image.Contains("@sha256:", StringComparison.Ordinal) || (tag.Any(char.IsAsciiDigit) && tag.Contains('.', StringComparison.Ordinal))
            ? null
            : $"image '{image}' is not pinned; name a version, as in {image.Split(':')[0]}:1.2.3.";
    }

    [GeneratedRegex("^(OTEL_[A-Z_]+|DOTNET_[A-Za-z_]+|COMPlus_[A-Za-z]+|TZ)$", RegexOptions.CultureInvariant)]
    private static partial Regex Foreign();
}
