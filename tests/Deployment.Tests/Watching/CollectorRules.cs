using System.Globalization;
using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Watching;

/// <summary>What the collector's configuration must hold.</summary>
internal static class CollectorRules
{
    private static readonly Shapes Shape = Shapes.Load("collector.shapes.yaml");
    private static readonly string[] Signals = ["traces", "metrics"];
    private static readonly string[] Kinds = ["receivers", "processors", "exporters"];

    /// <summary>Everything wrong with it.</summary>
    /// <param name="services">The compose file's services.</param>
    public static IEnumerable<string> Findings(string text, IReadOnlyDictionary<string, Node> services)
    {
        Map file = Node.Read(text);
        return [.. Shape.Violations(file, "collector"), .. Pipelines(file), .. Addresses(file, services)];
    }

    private static IEnumerable<string> Pipelines(Node file)
    {
        IReadOnlyDictionary<string, Node> pipelines = file.FieldsOf("service/pipelines");
        foreach (string signal in Signals.Where(signal => !pipelines.ContainsKey(signal)))
        {
            yield return $"The {signal} that silos send go nowhere.";
        }

        foreach (string kind in Kinds)
        {
            string[] defined = [.. file.FieldsOf(kind).Keys];
            string[] used = [.. pipelines.Values.SelectMany(pipeline => pipeline.ItemsOf(kind)).OfType<Scalar>().Select(one => one.Value).Distinct()];
            foreach (string name in used.Except(defined))
            {
                yield return $"A pipeline uses {name}, which is not among the {kind}.";
            }

            foreach (string name in defined.Except(used))
            {
                yield return $"No pipeline uses {name} of the {kind}.";
            }
        }

        foreach (string name in pipelines.Where(pipeline => pipeline.Value.TextOf("processors/0") != "memory_limiter").Select(pipeline => pipeline.Key))
        {
            yield return $"Pipeline {name} does not begin with memory_limiter, so nothing is refused before memory runs out.";
        }
    }

    private static IEnumerable<string> Addresses(Node file, IReadOnlyDictionary<string, Node> services)
    {
        foreach ((string name, Node exporter) in file.FieldsOf("exporters"))
        {
            string endpoint = exporter.TextOf("endpoint");
            string host = endpoint.Contains("://", StringComparison.Ordinal) ? new Uri(endpoint).Host : endpoint.Split(':')[0];
            if (!services.ContainsKey(host))
            {
                yield return $"Exporter {name} sends to {host}, which is no service.";
            }
        }

        string port = file.TextOf("receivers/otlp/protocols/http/endpoint").Split(':')[^1];
        var address = new Uri(services["silo"].TextOf("environment/OTEL_EXPORTER_OTLP_ENDPOINT"));
        string wanted = address.Port.ToString(CultureInfo.InvariantCulture);
        if (port != wanted)
        {
            yield return $"The collector listens on {port}, but silos send to {wanted}.";
        }
    }
}
