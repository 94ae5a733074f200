using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace OrleansSgd.Deployment.Tests.Texts;

/// <summary>A value of a YAML file.</summary>
internal abstract record Node
{
    /// <summary>Reads every document; merge keys are resolved.</summary>
    public static Node[] ReadAll(string text)
    {
        // Merge keys are resolved on the way in; what comes out has them no more.
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(new StringReader(text))));
        return [.. stream.Documents.Select(document => Of(document.RootNode))];
    }

    /// <summary>Reads a file of one document.</summary>
    public static Map Read(string text) => (Map)ReadAll(text).Single();

    /// <summary>The value below, by keys and indexes separated by slashes; null when there is none.</summary>
    public Node? At(string path)
    {
        Node? node = this;
        foreach (string step in path.Split('/'))
        {
            node = node switch
            {
                Map map => map.Fields.GetValueOrDefault(step),
                Sequence list when int.TryParse(step, out int index) && index < list.Values.Count => list.Values[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The scalar below; empty when there is none.</summary>
    public string TextOf(string path) => At(path) is Scalar scalar ? scalar.Value : "";

    /// <summary>The number below; 0 when there is none.</summary>
    public int NumberOf(string path) => int.TryParse(TextOf(path), out int number) ? number : 0;

    /// <summary>The list below; empty when there is none.</summary>
    public IReadOnlyList<Node> ItemsOf(string path) => At(path) is Sequence list ? list.Values : [];

    /// <summary>The mapping below; empty when there is none.</summary>
    public IReadOnlyDictionary<string, Node> FieldsOf(string path) => At(path) is Map map ? map.Fields : new Dictionary<string, Node>();

    /// <summary>Every mapping and list in it, this one first.</summary>
    public IEnumerable<Node> All() => new[] { this }.Concat(this switch
    {
        Map map => map.Fields.Values.SelectMany(value => value.All()),
        Sequence list => list.Values.SelectMany(item => item.All()),
        _ => [],
    });

    private static Node Of(YamlNode node) => node switch
    {
        YamlMappingNode map => new Map(map.Children.ToDictionary(child => ((YamlScalarNode)child.Key).Value!, child => Of(child.Value))),
        YamlSequenceNode list => new Sequence([.. list.Children.Select(Of)]),
        YamlScalarNode scalar => new Scalar(scalar.Value ?? "", scalar.Style == ScalarStyle.Plain),
        _ => throw new InvalidDataException($"What stands at {node.Start} is no YAML value."),
    };
}

/// <summary>Keys and values.</summary>
internal sealed record Map(IReadOnlyDictionary<string, Node> Fields) : Node;

/// <summary>A list.</summary>
internal sealed record Sequence(IReadOnlyList<Node> Values) : Node;

/// <summary>A single value.</summary>
/// <param name="IsPlain">Written without quotes, so that a reader may take it for a number or a truth value.</param>
internal sealed record Scalar(string Value, bool IsPlain) : Node;
