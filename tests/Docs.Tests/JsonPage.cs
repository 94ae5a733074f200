using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansSgd.Docs.Tests;

/// <summary>What docs/json.md says that verbs print, and the judge of what they do print.</summary>
/// <remarks>
/// A table whose first column is called Verb names the verbs of each row; one that begins with Event holds for the verbs after the colon of its heading; one that begins
/// with Object is about values that have fields of their own. Names stand in backticks; a row of an object without any takes every field.
/// </remarks>
internal sealed partial class JsonPage
{
    /// <summary>Path of the page.</summary>
    public const string Document = "docs/json.md";

    private const string AnyVerb = "any";

    private readonly Dictionary<(string Verb, string Event), HashSet<string>> _events = [];
    private readonly Dictionary<string, HashSet<string>> _objects = [];

    /// <summary>Reads the page.</summary>
    /// <param name="text">Its text.</param>
    public JsonPage(string text)
    {
        string[] headed = [];
        string[] columns = [];
        foreach (string line in text.Split('\n'))
        {
            string[] cells = [.. line.Split('|', StringSplitOptions.TrimEntries).Skip(1).SkipLast(1)];
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                headed = line.Contains(':', StringComparison.Ordinal) ? line.Split(':')[1].Split(',', StringSplitOptions.TrimEntries) : [];
            }
            else if (cells is ["Verb" or "Event" or "Object", ..])
            {
                columns = cells;
            }
            else if (cells.Length > 0 && cells.Length == columns.Length && !cells[0].StartsWith("---", StringComparison.Ordinal))
            {
                Add(columns[0], headed, cells);
            }
        }
    }

    /// <summary>Every verb that the page has rows for.</summary>
    public IEnumerable<string> Verbs => _events.Keys.Select(key => key.Verb).Distinct();

    /// <summary>Every field that it names, wherever.</summary>
    public IEnumerable<string> Fields => _events.Values.Concat(_objects.Values).SelectMany(fields => fields).Distinct();

    /// <summary>What the lines have that the page does not, one sentence each.</summary>
    /// <param name="lines">Events, one a line.</param>
    /// <param name="verbs">Who printed them, as the page calls it; where there are several, each event is one of either's.</param>
    public IEnumerable<string> Mistakes(IEnumerable<string> lines, params string[] verbs) => lines.SelectMany(line => Mistakes(line, verbs));

    private IEnumerable<string> Mistakes(string line, string[] verbs)
    {
        string verb = verbs[0];
        JsonElement happened = JsonSerializer.Deserialize<JsonElement>(line);
        string name = happened.GetProperty("event").GetString()!;
        HashSet<string>[] rows = [.. verbs.Append(AnyVerb).Where(one => _events.ContainsKey((one, name))).Select(one => _events[(one, name)])];
        if (rows.Length == 0)
        {
            yield return $"{verb} prints the event {name}, which {Document} does not have: {line}";
            yield break;
        }

        foreach (JsonProperty field in happened.EnumerateObject().Where(field => field.Name != "event"))
        {
            if (!rows.Any(row => row.Contains(field.Name)))
            {
                yield return $"{verb} prints {name}.{field.Name}, which {Document} does not have: {line}";
            }

            foreach (JsonElement value in field.Value.ValueKind == JsonValueKind.Array ? [.. field.Value.EnumerateArray()] : (JsonElement[])[field.Value])
            {
                foreach (string mistake in Inside($"{verb} prints {name}.{field.Name}", field.Name, value))
                {
                    yield return mistake;
                }
            }
        }
    }

    private IEnumerable<string> Inside(string where, string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        return _objects.TryGetValue(name, out HashSet<string>? fields)
            ? value.EnumerateObject().Where(field => fields.Count > 0 && !fields.Contains(field.Name))
                .Select(field => $"{where}.{field.Name}, which {Document} does not have.")
            : [$"{where}, an object that {Document} does not have."];
    }

    private void Add(string kind, string[] headed, string[] cells)
    {
        string[] fields = [.. Names(cells[^1])];
        if (kind == "Object")
        {
            foreach (string name in Names(cells[0]))
            {
                _objects[name] = cells[^1].StartsWith("any", StringComparison.Ordinal) ? [] : [.. fields];
            }

            return;
        }

        string[] verbs = kind == "Event" ? headed : cells[0] == AnyVerb ? [AnyVerb] : [.. Names(cells[0])];
        foreach ((string verb, string name) in verbs.SelectMany(_ => Names(cells[^2]), (verb, name) => (verb, name)))
        {
            if (!_events.TryGetValue((verb, name), out HashSet<string>? known))
            {
                _events[(verb, name)] = known = [];
            }

            known.UnionWith(fields);
        }
    }

    private static IEnumerable<string> Names(string cell) => Name().Matches(cell).Select(match => match.Groups["name"].Value);

    [GeneratedRegex("`(?<name>[^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
