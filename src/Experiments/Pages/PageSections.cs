namespace OrleansSgd.Experiments.Pages;

/// <summary>The sections of a page of experiments, by their letters, in a text that was written before.</summary>
public static class PageSections
{
    /// <summary>The section with its heading, up to the next one; null when the page has none.</summary>
    public static string? Find(string page, string letter)
    {
        ArgumentNullException.ThrowIfNull(page);
        (int start, int end) = Place(page, letter);
        return start < 0 ? null : page[start..end];
    }

    /// <summary>The page with this section in place of the one of its letter, or at its end.</summary>
    /// <param name="section">With its heading.</param>
    public static string With(string page, string letter, string section)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(section);
        (int start, int end) = Place(page, letter);
        (string before, string after) = start < 0 ? (page, "") : (page[..start], page[end..]);
        string[] parts = [before.Trim('\n'), section.Trim('\n'), after.Trim('\n')];
        return string.Join("\n\n", parts.Where(part => part.Length > 0)) + "\n";
    }

    private static (int Start, int End) Place(string page, string letter)
    {
        const string Heading = "## (";
        int start = page.StartsWith($"{Heading}{letter}) ", StringComparison.Ordinal)
            ? 0
            : page.IndexOf($"\n{Heading}{letter}) ", StringComparison.Ordinal) is >= 0 and int at ? at + 1 : -1;
        int end = start < 0 ? -1 : page.IndexOf($"\n{Heading}", start + 1, StringComparison.Ordinal);
        return (start, end < 0 ? page.Length : end + 1);
    }
}
