using System.Text.RegularExpressions;
using OrleansSgd.Testing;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: no threat of the threat model is answered by words alone. Method: each line must name tests, and each of them must be one.</summary>
public sealed partial class ThreatTests
{
    private const string Page = "docs/security.md";

    // Names of tests by their classes, as the sources have them; of a class in several files, all together.
    private static readonly ILookup<string, string> Tests = Directory
        .EnumerateFiles(RepositoryRoot.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
        .SelectMany(file => TestsOf(File.ReadAllText(file)))
        .ToLookup(test => test.Class, test => test.Name);

    [Fact]
    public void Every_threat_names_its_defence_and_a_test_that_there_is() => Assert.Empty(Findings(Markdown.Read(Page)));

    [Fact]
    public void The_threats_that_must_be_thought_of_are()
    {
        string[] threats = [.. Rows(Markdown.Read(Page)).Select(row => row[0].ToLowerInvariant())];

        Assert.True(threats.Length >= 25, $"There are only {threats.Length} threats.");
        string[] words =
            ["another machine", "another user", "token", "another site", "malformed", "path", "link", "upload", "secret", "markup", "memory", "slow"];
        Assert.All(words, word => Assert.Contains(threats, threat => threat.Contains(word, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("| T | D | `ThreatTests.Nobody_wrote_this` |", "ThreatTests has no test Nobody_wrote_this")]
    [InlineData("| T | D | `NoSuchTests.Nobody_wrote_this` |", "NoSuchTests has no test Nobody_wrote_this")]
    [InlineData("| T | D | `ThreatTests.Findings` |", "ThreatTests has no test Findings")]
    [InlineData("| T | D | by hand |", "'T' names no test")]
    [InlineData("| T |  | `ThreatTests.A_planted_gap_is_found` |", "'T' has no defence")]
    [InlineData("| T | D |", "'T' is no whole line")]
    public void A_planted_gap_is_found(string row, string sentence) => Assert.Contains(
        sentence, Assert.Single(Findings($"| Threat | Defence | Test |\n| --- | --- | --- |\n{row}\n")), StringComparison.Ordinal);

    [Fact]
    public void A_page_without_threats_is_found() => Assert.Single(Findings("# Security\n\nAll is well.\n"));

    [Fact]
    public void What_is_right_is_left_alone() => Assert.Empty(
        Findings("| Threat | Defence | Test |\n| --- | --- | --- |\n| T | D | `ThreatTests.A_planted_gap_is_found`, `PushFrameTests.Checksum_is_crc32c` |\n"));

    private static IEnumerable<string> Findings(string page)
    {
        string[][] rows = [.. Rows(page)];
        if (rows.Length == 0)
        {
            yield return $"{Page} has no table of threats.";
        }

        foreach (string[] row in rows)
        {
            if (row.Length != 3)
            {
                yield return $"'{row[0]}' is no whole line: threat, defence, test.";
                continue;
            }

            if (row[1].Length == 0)
            {
                yield return $"'{row[0]}' has no defence.";
            }

            Match[] named = Named().Matches(row[2]).ToArray();
            if (named.Length == 0)
            {
                yield return $"'{row[0]}' names no test.";
            }

            foreach (Match test in named.Where(test => !Tests[test.Groups["class"].Value].Contains(test.Groups["test"].Value)))
            {
                yield return $"'{row[0]}': {test.Groups["class"].Value} has no test {test.Groups["test"].Value}.";
            }
        }
    }

    // Lines of the tables whose head is Threat, Defence, Test.
    private static IEnumerable<string[]> Rows(string page)
    {
        bool isThreats = false;
        foreach (string line in page.Split('\n'))
        {
            string[] cells = [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
            if (!line.StartsWith('|'))
            {
                isThreats = false;
            }
            else if (cells is ["Threat", "Defence", "Test"])
            {
                isThreats = true;
            }
            else if (isThreats && !cells[0].StartsWith("---", StringComparison.Ordinal))
            {
                yield return cells;
            }
        }
    }

    private static IEnumerable<(string Class, string Name)> TestsOf(string source) =>
        TestClass().Match(source) is { Success: true } found
            ? TestMethod().Matches(source).Select(test => (found.Groups["class"].Value, test.Groups["test"].Value))
            : [];

    [GeneratedRegex("`(?<class>[A-Za-z]+)\\.(?<test>[A-Za-z0-9_]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex("^public (sealed |abstract |partial )*class (?<class>[A-Za-z]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TestClass();

    // A method whose attributes say that it is a test; between them there may be its cases.
    [GeneratedRegex(
        @"\[(Fact|Theory)[^\n]*\n(\s*\[[^\n]*\n|\s*//[^\n]*\n)*\s*public (async )?(void|Task) (?<test>\w+)\(", RegexOptions.CultureInvariant)]
    private static partial Regex TestMethod();
}
