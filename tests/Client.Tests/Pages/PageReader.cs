using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace OrleansSgd.Client.Tests.Pages;

/// <summary>Reads a page as XML, which is stricter than any browser, and compares it with the events it was made of.</summary>
internal sealed class PageReader
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root;

    public PageReader(string html)
    {
        // The document type names no file, so nothing is resolved.
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        _root = XDocument.Load(reader).Root!;
    }

    public static PageReader Open(string path) => new(File.ReadAllText(path));

    public string[] Headings => [.. _root.Descendants("h2").Select(heading => heading.Value)];

    public string[] PlotTitles => [.. _root.Descendants(Svg + "svg").Select(svg => svg.Attribute("aria-label")!.Value)];

    public string Outcome => _root.Descendants("p").Single(one => (string?)one.Attribute("id") == "outcome").Value;

    public string[] Badges => [.. _root.Descendants("span").Select(badge => badge.Value)];

    public string Job => _root.Descendants("pre").Single(one => (string?)one.Attribute("id") == "job").Value;

    public string AllText => _root.Value;

    public Dictionary<string, string> Values => Figures.ToDictionary(cell => cell.Attribute("data-field")!.Value, cell => cell.Attribute("data-value")!.Value);

    public Dictionary<string, string> Shown => Figures.ToDictionary(cell => cell.Attribute("data-field")!.Value, cell => cell.Value);

    private IEnumerable<XElement> Figures => _root.Descendants("td").Where(cell => cell.Attribute("data-field") is not null);

    /// <summary>Everything in the page that runs, or that would be fetched.</summary>
    public string[] Foreign =>
    [
        .. _root.DescendantsAndSelf().Where(one => one.Name.LocalName is "script" or "link" or "img" or "iframe" or "object" or "embed" or "base" or "a")
            .Select(one => one.Name.LocalName),
        .. _root.DescendantsAndSelf().Attributes()
            .Where(one => one.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || one.Name.LocalName is "href" or "src")
            .Select(one => one.Name.LocalName),
    ];

    /// <summary>Every figure that the closing event and the page do not agree on.</summary>
    public IEnumerable<string> Differences(string closingEvent)
    {
        Dictionary<string, string> shown = Values;
        foreach ((string field, string value) in Fields(JsonDocument.Parse(closingEvent).RootElement, ""))
        {
            if (!shown.TryGetValue(field, out string? written))
            {
                yield return $"{field} is missing";
            }
            else if (written != value)
            {
                yield return $"{field} is {written}, but {value} in the event";
            }
        }
    }

    private static IEnumerable<(string Field, string Value)> Fields(JsonElement fields, string prefix) =>
        fields.EnumerateObject().Where(one => one.Name is not ("event" or "job" or "alarms" or "warnings")).SelectMany(one =>
            one.Value.ValueKind == JsonValueKind.Object ? Fields(one.Value, one.Name + ".") : [(prefix + one.Name, one.Value.GetRawText())]);
}
