using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansSgd.Deployment.Tests.Texts;

/// <summary>
/// A small language for what a YAML file may look like: written by hand for the parts of a format that we use, so that anything else stands out.
/// </summary>
/// <remarks>
/// A mapping lists its keys: <c>key!</c> must be there, <c>any</c> stands for every other key, <c>x-any</c> for those that begin with <c>x-</c>. A list has one
/// element, the shape of all. A scalar is <c>text</c>, <c>number</c>, <c>flag</c>, <c>anything</c>, <c>$name</c> of another shape, or words with bars between
/// them, one of which it must be. A text that a reader would take for a number or a truth value must be quoted.
/// </remarks>
internal sealed partial class Shapes
{
    private readonly IReadOnlyDictionary<string, Node> _named;

    private Shapes(IReadOnlyDictionary<string, Node> named) => _named = named;

    /// <summary>Reads shapes from a resource of these tests.</summary>
    public static Shapes Load(string resource)
    {
        using Stream stream = typeof(Shapes).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"There is no resource {resource}.");
        using var reader = new StreamReader(stream);
        return new(Node.Read(reader.ReadToEnd()).Fields);
    }

    /// <summary>True when there is a shape of that name.</summary>
    public bool Knows(string name) => _named.ContainsKey(name);

    /// <summary>One sentence for each place where the value has another shape.</summary>
    public IEnumerable<string> Violations(Node node, string name) => Check(node, _named[name], name);

    private IEnumerable<string> Check(Node node, Node shape, string path) => (node, shape) switch
    {
        (_, Scalar { Value: ['$', .. var name] }) => Check(node, _named[name], path),
        (_, Scalar { Value: "anything" }) => [],
        (Map map, Map wanted) => CheckMap(map, wanted, path),
        (Sequence list, Sequence wanted) => list.Values.SelectMany((item, i) => Check(item, wanted.Values[0], string.Create(null, $"{path}[{i}]"))),
        (Scalar scalar, Scalar wanted) => CheckScalar(scalar, wanted.Value, path),
        _ => [$"{path} is a {KindOf(node)}; it must be a {KindOf(shape)}."],
    };

    private IEnumerable<string> CheckMap(Map map, Map wanted, string path)
    {
        foreach ((string key, Node value) in map.Fields)
        {
            Node? shape = wanted.Fields.GetValueOrDefault(key) ?? wanted.Fields.GetValueOrDefault(key + "!")
                ?? (key.StartsWith("x-", StringComparison.Ordinal) ? wanted.Fields.GetValueOrDefault("x-any") : null)
                ?? wanted.Fields.GetValueOrDefault("any");
            if (shape is null)
            {
                yield return $"{path} has the key '{key}', which is not known there.";
                continue;
            }

            foreach (string violation in Check(value, shape, $"{path}.{key}"))
            {
                yield return violation;
            }
        }

        foreach (string key in wanted.Fields.Keys.Where(key => key.EndsWith('!') && !map.Fields.ContainsKey(key[..^1])))
        {
            yield return $"{path} lacks the key '{key[..^1]}'.";
        }
    }

    private static IEnumerable<string> CheckScalar(Scalar scalar, string wanted, string path)
    {
        bool isNumber = scalar.IsPlain && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        bool isFlag = scalar.IsPlain && Flag().IsMatch(scalar.Value);
        string? mistake = wanted switch
        {
            "text" => isNumber || isFlag || (scalar.IsPlain && scalar.Value.Length == 0) ? "must be quoted to be a text" : null,
            "number" => isNumber ? null : "must be a number",
            "flag" => scalar.IsPlain && scalar.Value is "true" or "false" ? null : "must be true or false",
            _ => wanted.Split('|', StringSplitOptions.TrimEntries).Contains(scalar.Value) ? null
                : $"must be {wanted.Replace(" |", ",", StringComparison.Ordinal)}",
        };
        return mistake is null ? [] : [$"{path} is '{scalar.Value}'; it {mistake}."];
    }

    private static string KindOf(Node node) => node switch
    {
        Map => "mapping",
        Sequence => "list",
        _ => "single value",
    };

    [GeneratedRegex("^(true|false|yes|no|on|off|null|~)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Flag();
}
