using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Texts;

/// <summary>Files of the checkout.</summary>
internal static class Checkout
{
    /// <summary>A file's text, by its path from the root.</summary>
    public static string Read(string file) => File.ReadAllText(RepositoryRoot.PathOf(file));

    /// <summary>True for a file or folder that is there.</summary>
    public static bool Has(string path) => File.Exists(RepositoryRoot.PathOf(path)) || Directory.Exists(RepositoryRoot.PathOf(path));

    /// <summary>The files of a folder, by their paths from the root.</summary>
    public static string[] FilesOf(string folder) =>
        [.. Directory.GetFiles(RepositoryRoot.PathOf(folder)).Select(file => $"{folder}/{Path.GetFileName(file)}").Order(StringComparer.Ordinal)];

    /// <summary>The text with one part of it replaced, which must be there: a mistake that is planted nowhere proves nothing.</summary>
    public static string Plant(string text, string old, string planted)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, planted, StringComparison.Ordinal);
    }
}
