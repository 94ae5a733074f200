namespace OrleansSgd.Testing;

/// <summary>Where the checkout is, seen from a built test.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder above the test's output that holds the package versions.</summary>
    public static string Folder { get; } = Find();

    /// <summary>A file of the checkout, by its path from the root with forward slashes.</summary>
    public static string PathOf(string relative) => Path.Combine([Folder, .. relative.Split('/')]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException(
            $"No Directory.Packages.props above {AppContext.BaseDirectory}; run the tests from their output inside the checkout.");
    }
}
