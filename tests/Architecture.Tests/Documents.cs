using System.Text.RegularExpressions;

namespace OrleansSgd.Architecture.Tests;

/// <summary>Reads Markdown: links, anchors, fenced blocks and paths in code spans.</summary>
internal static partial class Documents
{
    /// <summary>Folders whose paths in code spans are checked; others may be a reader's own.</summary>
    private static readonly string[] OurFolders = ["src", "tests", "docs", "runtime", "benchmarks", "jobs"];

    /// <summary>Every relative link and every path in a code span that leads nowhere, as one sentence each.</summary>
    /// <param name="document">Path of the document from the root.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">The text of a file by its path from the root; null when there is none. Folders have the empty text.</param>
    public static IEnumerable<string> DeadEnds(string document, string text, Func<string, string?> read)
    {
        var prose = Prose(text);
        foreach (Match link in Link().Matches(prose))
        {
            var target = link.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
            {
                continue;
            }

            var parts = target.Split('#', 2);
            var file = parts[0].Length == 0 ? document : Resolve(document, parts[0]);
            var found = parts[0].Length == 0 ? text : read(file);
            if (found is null)
            {
                yield return $"{document} links to {target}, but there is no {file}.";
            }
            else if (parts.Length == 2 && !Anchors(found).Contains(parts[1]))
            {
                yield return $"{document} links to {target}, but {file} has no heading #{parts[1]}.";
            }
        }

        foreach (Match span in CodeSpan().Matches(prose))
        {
            var path = span.Groups["code"].Value;
            if (OurFolders.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal)) && PlainPath().IsMatch(path)
                && read(path.TrimEnd('/')) is null)
            {
                yield return $"{document} names `{path}`, but there is no such file or folder.";
            }
        }
    }

    /// <summary>The lines of every fenced block of one language.</summary>
    public static string[] Blocks(string text, string language) =>
        [.. Fence().Matches(text).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["lines"].Value)];

    /// <summary>What follows <c>./grid</c> on each command line of the sh blocks, word by word; comments are left out.</summary>
    public static string[][] Commands(string text) =>
    [
        .. Blocks(text, "sh").SelectMany(block => block.Split('\n'))
            .Select(line => line.Split(" #")[0].Trim())
            .Where(line => line == "./grid" || line.StartsWith("./grid ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]),
    ];

    // Headings as links name them: lower case, words joined by dashes, punctuation dropped.
    private static HashSet<string> Anchors(string text) =>
    [
        .. Heading().Matches(Fence().Replace(text, "")).Select(heading => Punctuation()
            .Replace(heading.Groups["title"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-')),
    ];

    private static string Prose(string text) => Fence().Replace(text, "");

    private static string Resolve(string document, string target)
    {
        var parts = new List<string>(document.Split('/')[..^1]);
        foreach (var part in target.TrimEnd('/').Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    [GeneratedRegex(@"\[(?:[^\[\]]|\[[^\[\]]*\])*\]\((?<target>[^()\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex("`(?<code>[^`\n]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^[A-Za-z0-9_.\-/]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainPath();

    [GeneratedRegex(@"^```(?<language>[a-z]*)[^\n]*\n(?<lines>.*?)^```\s*?$", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6} (?<title>.+)$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();
}
