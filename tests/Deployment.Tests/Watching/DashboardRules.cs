using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Metrics;

namespace OrleansSgd.Deployment.Tests.Watching;

/// <summary>What the dashboard must hold: every query is of metrics that silos send, and every such metric is shown.</summary>
internal static partial class DashboardRules
{
    /// <summary>Everything wrong with it.</summary>
    /// <param name="source">Id of the data source that is provisioned.</param>
    public static IEnumerable<string> Findings(string text, string source)
    {
        using JsonDocument dashboard = JsonDocument.Parse(text);
        JsonElement[] panels = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()];
        (string Panel, string Query)[] queries =
        [
            .. panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()
                .Select(target => (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!))),
        ];
        Dictionary<string, string[]> series = Series();
        string[] tags = [Name(MetricNames.JobTag), Name(MetricNames.Direction)];
        HashSet<string> known = [.. series.Values.SelectMany(names => names), .. tags];
        return
        [
            .. queries.SelectMany(query => Ours().Matches(query.Query).Select(match => match.Value).Where(name => !known.Contains(name))
                .Select(name => $"Panel '{query.Panel}' asks for {name}, which no silo sends.")),
            .. series.Where(metric => !queries.Any(query => metric.Value.Any(name => Ours().Matches(query.Query).Any(match => match.Value == name))))
                .Select(metric => $"No panel shows {metric.Key}."),
            .. queries.Where(query => !IsBalanced(query.Query)).Select(query => $"Panel '{query.Panel}' has a query with an open bracket."),
            .. Sources(dashboard.RootElement).Where(uid => uid != source).Select(uid => $"A panel asks the data source {uid}; there is {source}."),
            .. panels.GroupBy(panel => panel.GetProperty("id").GetInt32()).Where(same => same.Count() > 1)
                .Select(same => $"Two panels have the id {same.Key}."),
            .. panels.Where(panel => (panel.TryGetProperty("description", out JsonElement said) ? said.GetString() : "") is not { Length: > 10 })
                .Select(panel => $"Panel '{panel.GetProperty("title").GetString()}' does not say what it shows."),
        ];
    }

    /// <summary>The names under which Prometheus keeps each metric, by the metric's own name.</summary>
    public static Dictionary<string, string[]> Series()
    {
        Dictionary<string, string[]> series = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == MetricNames.Meter)
            {
                string name = Name(instrument.Name) + instrument.Unit switch
                {
                    MetricNames.SecondsUnit => "_seconds",
                    MetricNames.BytesUnit when !instrument.Name.EndsWith("bytes", StringComparison.Ordinal) => "_bytes",
                    _ => "",
                };
                series[instrument.Name] = instrument is Counter<long> ? [name + "_total"] : [name + "_bucket", name + "_sum", name + "_count"];
            }
        };
        _ = GridMetrics.AreDurationsHeard; // makes the instruments, all of them
        listener.Start();
        return series;
    }

    private static string Name(string name) => name.Replace('.', '_');

    private static IEnumerable<string> Sources(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Name == "datasource"
            ? [property.Value.GetProperty("uid").GetString()!]
            : Sources(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Sources),
        _ => [],
    };

    private static bool IsBalanced(string query)
    {
        var open = new Stack<char>();
        foreach (char letter in query)
        {
            if (letter is '(' or '{' or '[')
            {
                open.Push(letter);
            }
            else if (letter is ')' or '}' or ']' && (!open.TryPop(out char opened) || (opened, letter) is not (('(', ')') or ('{', '}') or ('[', ']'))))
            {
                return false;
            }
        }

        return open.Count == 0;
    }

    [GeneratedRegex("orleanssgd_[a-z_]+", RegexOptions.CultureInvariant)]
    private static partial Regex Ours();
}
