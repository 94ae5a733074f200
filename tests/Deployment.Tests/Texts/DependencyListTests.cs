using System.Xml.Linq;

namespace OrleansSgd.Deployment.Tests.Texts;

/// <summary>
/// Goal: the list of dependencies has every package, its version and the licence that it gives itself. Method: the project's versions and the
/// packages' own words.
/// </summary>
public sealed class DependencyListTests
{
    private static readonly string List = Checkout.Read("docs/dependencies.md");
    private static readonly string Versions = Checkout.Read("Directory.Packages.props");
    private static readonly string Properties = Checkout.Read("Directory.Build.props");

    [Fact]
    public void Every_package_is_listed_with_its_version_and_nothing_else_is() => Assert.Empty(Findings(List, Versions));

    [Theory]
    [InlineData("| YamlDotNet | 16.3.0 |", "| YamlDotNet | 16.2.0 |", "YamlDotNet is listed as 16.2.0")]
    [InlineData("| YamlDotNet | 16.3.0 |", "| YamlDotNed | 16.3.0 |", "YamlDotNet is not listed")]
    [InlineData("| xunit | 2.9.3 |", "| moq | 4.0.0 |", "moq is listed but not used")]
    public void A_planted_mistake_is_caught(string old, string planted, string sentence) => Assert.Contains(
        Findings(Checkout.Plant(List, old, planted), Versions), finding => finding.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void Licences_are_those_that_the_packages_give_themselves()
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        int compared = 0;
        foreach ((string package, (string version, string licence)) in Rows(List))
        {
            // Only what this build restored can be asked; the rest was asked by a build that needed it.
            string file = Path.Combine(cache, package.ToLowerInvariant(), version, package.ToLowerInvariant() + ".nuspec");
            if (File.Exists(file) && XDocument.Load(file).Descendants().FirstOrDefault(element => element.Name.LocalName == "license") is { } said)
            {
                compared++;
                Assert.True(said.Value == licence, $"{package} {version} says {said.Value}, the list {licence}.");
            }
        }

        Assert.True(compared >= 8, $"Only {compared} licences could be compared; restore the solution first.");
    }

    private static IEnumerable<string> Findings(string list, string versions)
    {
        Dictionary<string, (string Version, string Licence)> rows = Rows(list);
        foreach (string name in (string[])["OrleansVersion", "TorchSharpVersion"])
        {
            versions = versions.Replace($"$({name})", XElement.Parse(Properties).Descendants(name).Single().Value, StringComparison.Ordinal);
        }

        Dictionary<string, string> used = XElement.Parse(versions)
            .Descendants("PackageVersion").ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        return
        [
            .. used.Keys.Where(package => !rows.ContainsKey(package)).Select(package => $"{package} is not listed."),
            .. rows.Keys.Where(package => !used.ContainsKey(package)).Select(package => $"{package} is listed but not used."),
            .. used.Where(package => rows.TryGetValue(package.Key, out (string Version, string Licence) row) && row.Version != package.Value)
                .Select(package => $"{package.Key} is listed as {rows[package.Key].Version}; it is {package.Value}."),
        ];
    }

    // The tables before the last heading: what comes from NuGet.
    private static Dictionary<string, (string Version, string Licence)> Rows(string list) => list[..list.IndexOf("## Not from NuGet", StringComparison.Ordinal)]
        .Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))
        .Where(line => !line.StartsWith("| Package", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[1], cells => (cells[2], cells[3]));
}
