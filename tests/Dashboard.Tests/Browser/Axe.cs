namespace OrleansSgd.Dashboard.Tests.Browser;

/// <summary>The checker of accessibility, as npm brought it when the tests were built.</summary>
internal static class Axe
{
    /// <summary>Its text.</summary>
    /// <exception cref="InvalidOperationException">npm was missing then.</exception>
    public static string Script { get; } = Load();

    private static string Load()
    {
        using Stream stream = typeof(Axe).Assembly.GetManifestResourceStream("axe.js") ?? throw new InvalidOperationException(
            "The pages are checked with the npm package axe-core, and npm could not bring it when the tests were built. Install npm and build again.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
