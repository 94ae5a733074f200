using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansSgd.Architecture.Tests;

/// <summary>Goal: what a newcomer reads is true. Method: links are followed, commands are asked of the program itself.</summary>
public sealed class DocumentTests
{
    private static readonly TimeSpan HelpTimeMax = TimeSpan.FromSeconds(60); // a cold start on a busy machine takes a few

    private static readonly ConcurrentDictionary<string, string> Helps = new();

    public static TheoryData<string> Markdown => [.. SourceTree.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Markdown))]
    public void Every_relative_link_and_every_path_in_a_document_leads_somewhere(string document) =>
        Assert.Empty(Documents.DeadEnds(document, SourceTree.Read(document), TextOf));

    [Theory]
    [InlineData("See [there](gone.md).", "there is no docs/gone.md")]
    [InlineData("See [up](../src/Gone.cs).", "there is no src/Gone.cs")]
    [InlineData("See [above](#gone).", "no heading #gone")]
    [InlineData("# Gone west\n\nSee [there](b.md#gone-west).", "docs/b.md has no heading #gone-west")]
    [InlineData("It is in `src/Gone.cs`.", "`src/Gone.cs`")]
    public void A_planted_dead_end_is_caught(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Documents.DeadEnds("docs/a.md", text, Planted)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[web](https://example.org/x.md) [mail](mailto:a@example.org)")]
    [InlineData("# The grid's `runs`, twice\n\n[here](#the-grids-runs-twice) [b](b.md) [b](./b.md#top) [root](../README.md) [folder](../docs/)")]
    [InlineData("```sh\n./x [no](link.md)\n```\n\n`src/*/Gone.cs`, `src/Core/{A,B}.cs`, `out/gone.md` and `docs/b.md`")]
    public void What_leads_somewhere_is_left_alone(string text) => Assert.Empty(Documents.DeadEnds("docs/a.md", text, Planted));

    [Fact]
    public void Every_command_in_the_README_exists_with_its_options()
    {
        string[][] commands = Documents.Commands(SourceTree.Read("README.md"));

        Assert.Contains(commands, words => words[0] == "train");
        Assert.Contains(commands, words => words[0] == "test");
        Assert.Empty(commands.SelectMany(Unknown));
    }

    [Theory]
    [InlineData("./grid trian jobs/bsp.yaml", "trian")]
    [InlineData("./grid data fecth mnist", "fecth")]
    [InlineData("./grid train --silo 2", "--silo")]
    [InlineData("./grid test --runtimes orleans", "--runtimes")]
    [InlineData("./grid train jobs/gone.yaml  # comment", "jobs/gone.yaml")]
    public void A_planted_command_that_does_not_exist_is_caught(string line, string word) => Assert.Contains(
        $"'{word}'", Assert.Single(Documents.Commands($"```sh\n{line}\n```\n").SelectMany(Unknown)), StringComparison.Ordinal);

    [Fact]
    public void The_job_file_that_the_README_explains_is_the_one_that_is_run() => Assert.Equal(
        SourceTree.Read("jobs/lenet.yaml"), Assert.Single(Documents.Blocks(SourceTree.Read("README.md"), "yaml")));

    // What the program, or the script around it, does not take of a command line.
    private static IEnumerable<string> Unknown(string[] words)
    {
        var script = SourceTree.Read("grid");
        var verb = words.FirstOrDefault() ?? "";
        var isTest = verb == "test" && script.Contains("= test ]", StringComparison.Ordinal);
        if (!isTest && !HasVerb("", verb))
        {
            yield return $"'{verb}' is no verb of ./grid.";
            yield break;
        }

        var help = isTest ? "" : Help(verb);
        if (help.Contains("\nCommands:", StringComparison.Ordinal) && words.Length > 1 && !words[1].StartsWith('-'))
        {
            if (!HasVerb(verb, words[1]))
            {
                yield return $"'{words[1]}' is no verb of ./grid {verb}.";
                yield break;
            }

            help = Help($"{verb} {words[1]}");
        }

        foreach (var word in words.Skip(1))
        {
            if (word.StartsWith("--", StringComparison.Ordinal) && !HasWord(help, word)
                && !script.Contains($"{word} |", StringComparison.Ordinal) && !script.Contains($"{word})", StringComparison.Ordinal))
            {
                yield return $"'{word}' is no option of ./grid {verb}.";
            }
            else if (word.StartsWith("jobs/", StringComparison.Ordinal) && TextOf(word) is null)
            {
                yield return $"'{word}' is not in the checkout.";
            }
        }
    }

    private static bool HasVerb(string parent, string verb)
    {
        var help = Help(parent);
        var list = help[Math.Max(0, help.IndexOf("\nCommands:", StringComparison.Ordinal))..];
        return list.Split('\n').Any(line => line.StartsWith($"  {verb} ", StringComparison.Ordinal));
    }

    private static bool HasWord(string help, string word) =>
        help.Split([' ', ',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Contains(word);

    private static string Help(string verb) => Helps.GetOrAdd(verb, static verb =>
    {
        var program = SourceTree.OutputOf("Client", "grid.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])
        {
            RedirectStandardOutput = true,
        })!;
        var text = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(HelpTimeMax))
        {
            process.Kill();
            throw new TimeoutException($"'grid {verb} --help' did not end within {HelpTimeMax.TotalSeconds} s.");
        }

        return process.ExitCode == 0
            ? text.GetAwaiter().GetResult()
            : throw new InvalidOperationException($"'grid {verb} --help' ended with {process.ExitCode}.");
    });

    private static string? TextOf(string file) =>
        File.Exists(SourceTree.Root + file) ? SourceTree.Read(file)
        : file.Length == 0 || Directory.Exists(SourceTree.Root + file) ? ""
        : null;

    private static string? Planted(string file) => file switch
    {
        "docs/b.md" => "# Top\n",
        "README.md" or "docs" => "",
        _ => null,
    };
}
