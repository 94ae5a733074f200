using System.Globalization;
using OpenTelemetry.Exporter;

namespace OrleansSgd.Telemetry.Export;

/// <summary>The standard variables of one signal: its own, such as OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, before those of all signals.</summary>
/// <remarks>
/// The SDK reads the variables of all signals by itself; a signal's own ones it leaves to its callers. Its defaults differ from the
/// specification in one point that is set right here: the protocol is http/protobuf.
/// </remarks>
internal sealed class OtlpVariables
{
    private const string All = "OTEL_EXPORTER_OTLP_";
    private const string Grpc = "grpc";
    private const string Http = "http/protobuf";

    private readonly string _own;

    private OtlpVariables(string signal) => _own = $"{All}{signal}_";

    public static OtlpVariables Traces { get; } = new("TRACES");

    public static OtlpVariables Metrics { get; } = new("METRICS");

    /// <summary>True when an address to send the signal to is given.</summary>
    public bool NameACollector => Read(_own + "ENDPOINT") is not null || Read(All + "ENDPOINT") is not null;

    public IEnumerable<string> Mistakes()
    {
        foreach (string prefix in new[] { All, _own })
        {
            if (Read(prefix + "ENDPOINT") is { } address && AddressOf(address) is null)
            {
                yield return $"{prefix}ENDPOINT is '{address}'; use an address such as http://localhost:4318.";
            }

            if (Read(prefix + "PROTOCOL") is { } protocol && protocol is not (Grpc or Http))
            {
                yield return $"{prefix}PROTOCOL is '{protocol}'; use {Http} or {Grpc}.";
            }

            if (Read(prefix + "TIMEOUT") is { } timeout && MillisecondsOf(timeout) is null)
            {
                yield return $"{prefix}TIMEOUT is '{timeout}'; use milliseconds, 1 or more.";
            }
        }
    }

    /// <summary>Sets what the SDK does not set by itself.</summary>
    public void Apply(OtlpExporterOptions options)
    {
        string protocol = Read(_own + "PROTOCOL") ?? Read(All + "PROTOCOL") ?? Http;
        options.Protocol = protocol == Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (Read(_own + "ENDPOINT") is { } address)
        {
            options.Endpoint = AddressOf(address)!; // a signal's own address is used as it stands, without a path put behind it
        }

        options.Headers = Read(_own + "HEADERS") ?? options.Headers;
        if (Read(_own + "TIMEOUT") is { } timeout)
        {
            options.TimeoutMilliseconds = MillisecondsOf(timeout)!.Value;
        }
    }

    private static string? Read(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static Uri? AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address : null;

    private static int? MillisecondsOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;
}
