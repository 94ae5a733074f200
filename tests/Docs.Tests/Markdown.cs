using System.Text.RegularExpressions;
using OrleansSgd.Testing;

namespace OrleansSgd.Docs.Tests;

/// <summary>One fenced block of a document.</summary>
/// <param name="Document">Its path from the root.</param>
/// <param name="Language">The first word after the fence; empty for none.</param>
/// <param name="Name">The rest of that line: <c>runnable</c>, or the file that the block is.</param>
/// <param name="Text">The lines.</param>
internal sealed record DocumentBlock(string Document, string Language, string Name, string Text);

/// <summary>Reads the documents of the checkout.</summary>
internal static partial class Markdown
{
    private static readonly string[] Folders = ["docs", "runtime", "jobs", "infra", "benchmarks"];

    /// <summary>Every document, by its path from the root.</summary>
    public static IEnumerable<string> Documents => Directory.GetFiles(RepositoryRoot.Folder, "*.md")
        .Concat(Folders.Select(RepositoryRoot.PathOf).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder, "*.md", SearchOption.AllDirectories)))
        .Select(path => Path.GetRelativePath(RepositoryRoot.Folder, path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    /// <summary>Text of a document.</summary>
    public static string Read(string document) => File.ReadAllText(RepositoryRoot.PathOf(document));

    /// <summary>Its fenced blocks, in order.</summary>
    public static IEnumerable<DocumentBlock> Blocks(string document, string text) => Fence().Matches(text.ReplaceLineEndings("\n")).Select(block =>
        new DocumentBlock(document, block.Groups["language"].Value, block.Groups["name"].Value.Trim(), block.Groups["lines"].Value));

    /// <summary>Each command of <c>./grid</c> in the shell blocks and in the indented lines of a document.</summary>
    public static IEnumerable<string> Commands(string document, string text) =>
        Blocks(document, text).Where(block => block.Language is "sh" or "bash")
            .SelectMany(block => block.Text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            .Concat(Fence().Replace(text, "").Split('\n').Where(line => line.StartsWith("    ./grid ", StringComparison.Ordinal)))
            .SelectMany(ShellWords.CommandsOf);

    [GeneratedRegex("^```(?<language>[a-z]+)?(?<name>[^\n]*)\n(?<lines>.*?)^```[ \t]*$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Fence();
}
