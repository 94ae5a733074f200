using System.CommandLine;
using System.Text.RegularExpressions;
using OrleansSgd.Client;
using OrleansSgd.Testing;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: every command that a document shows is one that the program takes. Method: the program's own command line parses it.</summary>
public sealed partial class CommandTests
{
    private static readonly Terminal Quiet = new(TextWriter.Null, TextWriter.Null, false, static _ => null, TimeProvider.System);

    // What the script ./grid takes itself, with the number of words behind it; the program never sees it.
    private static readonly Dictionary<string, int> ScriptOptions = new() { ["--runtime"] = 1, ["--feed"] = 1, ["--orleans-version"] = 1 };

    // Verbs that no guide can run in seconds, and who runs them.
    private static readonly Dictionary<string, string> RunElsewhere = new()
    {
        ["test"] = "runs these tests",
        ["data fetch"] = "brings what tests of real data train on, before they run",
        ["experiment"] = "tests/Experiments.Tests",
        ["bench"] = "tests/Client.Tests/Bench, with programs that only print",
    };

    public static TheoryData<string> Documents => [.. Markdown.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_command_in_a_document_parses(string document) =>
        Assert.Empty(Markdown.Commands(document, Markdown.Read(document)).SelectMany(command => Mistakes(document, command)));

    [Fact]
    public void There_are_commands_to_check() =>
        Assert.True(Markdown.Documents.Sum(document => Markdown.Commands(document, Markdown.Read(document)).Count()) >= 40);

    [Theory]
    [InlineData("./grid trian jobs/bsp.yaml", "trian")]
    [InlineData("./grid train --silo 2", "--silo")]
    [InlineData("./grid train jobs/gone.yaml", "jobs/gone.yaml")]
    [InlineData("OTEL_X=1 ./grid report", "run")]
    [InlineData("true && ./grid certify > out.txt", "trace")]
    [InlineData("./grid certify runs/x/trace.jsonl --bound many", "many")]
    public void A_planted_mistake_is_caught(string line, string word) => Assert.Contains(
        word,
        Assert.Single(Markdown.Commands("a.md", $"```sh\n{line}\n```\n").SelectMany(command => Mistakes("a.md", command))), StringComparison.Ordinal);

    [Theory]
    [InlineData("./grid train jobs/bsp.yaml --workers 2   # two of them")]
    [InlineData("./grid train --runtime orleans --json 2>errors.txt | tail -n 1 >last.json")]
    [InlineData("./grid test --feed DIR")]
    [InlineData("GRID_DATA=there ./grid report 'runs/a b' && echo done")]
    public void What_is_right_is_left_alone(string line) =>
        Assert.Empty(Assert.Single(Markdown.Commands("a.md", $"```sh\n{line}\n```\n").Select(command => Mistakes("a.md", command).ToArray())));

    [Fact]
    public void Every_verb_in_a_document_is_run_by_a_guide_or_by_the_script_of_the_first_hour()
    {
        string[] run =
        [
            .. Markdown.Documents.SelectMany(document => Markdown.Blocks(document, Markdown.Read(document)).Where(GuideTests.IsRunnable))
                .SelectMany(block => Verbs(block.Document, $"```sh\n{block.Text}```\n")),
            .. FirstHourVerb().Matches(File.ReadAllText(RepositoryRoot.PathOf("docs/first-hour.sh"))).Select(match => match.Groups["verb"].Value),
        ];

        Assert.Empty(Markdown.Documents.SelectMany(document => Verbs(document, Markdown.Read(document))).Except(run).Except(RunElsewhere.Keys));
        Assert.Equal(["pose"], Verbs("a.md", "```sh\n./grid pose x --json | cat\n./grid train\n```\n").Except(run));
        Assert.All(RunElsewhere.Keys, verb => Assert.DoesNotContain(verb, run));
    }

    private static IEnumerable<string> Verbs(string document, string text) => Markdown.Commands(document, text)
        .Select(command => WithoutScriptOptions(command.Split('\u0001', StringSplitOptions.RemoveEmptyEntries)).ToArray())
        .Where(words => words.Length > 0)
        .Select(words => words[0] == "data" && words.Length > 1 ? $"{words[0]} {words[1]}" : words[0]);

    private static IEnumerable<string> Mistakes(string document, string command)
    {
        string[] words = [.. WithoutScriptOptions(command.Split('\u0001', StringSplitOptions.RemoveEmptyEntries))];
        if (words is ["test", ..])
        {
            yield break; // the script runs the suite itself, and hands everything else to dotnet test
        }

        string shown = $"{document}: ./grid {string.Join(' ', words)}";
        ParseResult parsed = GridApp.CreateRoot(Quiet).Parse(words);
        if (parsed.Errors.Count > 0)
        {
            yield return $"{shown}: {string.Join(' ', parsed.Errors.Select(error => error.Message))} ({string.Join(' ', parsed.UnmatchedTokens)})";
        }

        foreach (string job in words.Where(word => word.StartsWith("jobs/", StringComparison.Ordinal) && !File.Exists(RepositoryRoot.PathOf(word))))
        {
            yield return $"{shown}: {job} is not in the checkout.";
        }
    }

    private static IEnumerable<string> WithoutScriptOptions(string[] words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (ScriptOptions.TryGetValue(words[i], out int values))
            {
                i += values;
            }
            else
            {
                yield return words[i];
            }
        }
    }

    [GeneratedRegex(@"\./grid (?<verb>[a-z]+)", RegexOptions.CultureInvariant)]
    private static partial Regex FirstHourVerb();
}
