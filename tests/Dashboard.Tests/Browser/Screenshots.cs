using OrleansSgd.Testing;

namespace OrleansSgd.Dashboard.Tests.Browser;

/// <summary>Where pictures of the pages are kept, for the README and for whoever looks why a test failed.</summary>
internal static class Screenshots
{
    /// <summary>The folder; it is there.</summary>
    public static string Folder { get; } = Directory.CreateDirectory(RepositoryRoot.PathOf("artifacts/screenshots")).FullName;
}
