namespace OrleansSgd.Client.Training;

/// <summary>Where one run's results go: a folder of its own, which appears under its name only when it is complete.</summary>
/// <remarks>
/// Files are written into a staging folder beside it, which is then renamed to the first free <c>name-1</c>, <c>name-2</c>, …
/// Renaming never replaces anything, so two runs that end at the same moment take two names.
/// </remarks>
internal sealed class RunFolder : IDisposable
{
    private const string StagingPrefix = ".run-";

    // Nobody keeps so many results of one job in one folder; the search must end somewhere.
    private const int NumberMax = 1_000_000;

    private readonly string _parent;
    private readonly string _name;

    private RunFolder(string parent, string name, string staging)
    {
        _parent = parent;
        _name = name;
        Staging = staging;
    }

    /// <summary>Where to write.</summary>
    public string Staging { get; }

    /// <summary>Makes the staging folder, and so finds out before the run whether results can be written.</summary>
    /// <param name="parent">Made when it does not exist.</param>
    /// <param name="name">Name of the job.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static RunFolder Open(string parent, string name)
    {
        string staging = Path.Combine(parent, $"{StagingPrefix}{Guid.NewGuid():N}");
        Directory.CreateDirectory(staging);
        return new RunFolder(parent, name, staging);
    }

    /// <summary>Gives the folder its name.</summary>
    /// <returns>Its path, below the parent as that was given.</returns>
    public string Keep()
    {
        for (int number = 1; number <= NumberMax; number++)
        {
            string path = Path.Combine(_parent, $"{_name}-{number}");
            if (Path.Exists(path))
            {
                continue;
            }

            try
            {
                Directory.Move(Staging, path);
                return path;
            }
            catch (IOException) when (Path.Exists(path))
            {
                // Another run took the name a moment ago; the next one is free.
            }
        }

        throw new IOException($"{_parent} has {NumberMax} results of {_name}; remove some or choose another folder with --out.");
    }

    /// <summary>Removes what was not kept.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Staging))
        {
            Directory.Delete(Staging, recursive: true);
        }
    }
}
