using System.Text.RegularExpressions;

namespace OrleansSgd.Architecture.Tests;

/// <summary>What no file of ours may contain or be called.</summary>
internal static partial class TextRules
{
    private static readonly string[] ProductFolders = ["src/", "runtime/"];
    private static readonly string[] ProductTexts = [".cs", ".csproj"];

    // Written in two halves, so that this file does not contain them.
    private static readonly string[] Markers = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "X" + "XX"];
    private static readonly string[] Unfinished = ["NotImplemented" + "Exception"];

    // Which packages or stand-ins are built on is known to the Directory.* files alone.
    private static readonly string[] Choices = ["Grid" + "Runtime", "Torch" + "Backend"];

    /// <summary>Everything wrong with one file, each with its line.</summary>
    /// <param name="file">Path from the root.</param>
    public static IEnumerable<string> Findings(string file, string text)
    {
        if (VagueName().Match(Path.GetFileNameWithoutExtension(file)) is { Success: true } vague)
        {
            yield return $"{file}: '{vague.Value}' does not say what it does; name the thing, as in LeaseTable.";
        }

        var isCode = file.EndsWith(".cs", StringComparison.Ordinal);
        var isProduct = ProductFolders.Any(folder => file.StartsWith(folder, StringComparison.Ordinal))
            && ProductTexts.Any(end => file.EndsWith(end, StringComparison.Ordinal));
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            foreach (var marker in Markers.Where(marker => HasWord(line, marker)))
            {
                yield return $"{file}:{number}: '{marker}' marks unfinished work; do it, or write an issue.";
            }

            foreach (var banned in Unfinished.Where(banned => isCode && HasWord(line, banned)))
            {
                yield return $"{file}:{number}: {banned}: a call that fails is no code; leave it out until it works.";
            }

            foreach (var choice in Choices.Where(choice => isProduct && HasWord(line, choice)))
            {
                yield return $"{file}:{number}: {choice} is known to the Directory.* files alone; no product code depends on it.";
            }

            if (isProduct && Condition().IsMatch(line))
            {
                yield return $"{file}:{number}: product code is the same in every build; no conditional compilation.";
            }
        }
    }

    private static bool HasWord(string line, string word) => Regex.IsMatch(line, $@"\b{word}\b", RegexOptions.CultureInvariant);

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities)$", RegexOptions.CultureInvariant)]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^\s*#\s*(if|elif)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Condition();
}
