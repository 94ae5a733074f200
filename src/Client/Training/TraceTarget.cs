namespace OrleansSgd.Client.Training;

/// <summary>Where a run's trace is written while it runs, and where it is found afterwards.</summary>
internal sealed class TraceTarget
{
    /// <summary>Name of the file in a run's folder.</summary>
    public const string FileName = "trace.jsonl";

    private readonly string? _chosen;

    private TraceTarget(string writtenTo, string? chosen)
    {
        WrittenTo = writtenTo;
        _chosen = chosen;
    }

    /// <summary>Full path of the file while the run writes it.</summary>
    public string WrittenTo { get; }

    /// <summary>Makes sure that there is a folder for it and that nothing is written over.</summary>
    /// <param name="chosen">The file that was asked for; null for one in the run's folder.</param>
    /// <exception cref="IOException">It exists, or its folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Its folder may not be made.</exception>
    public static TraceTarget Open(string? chosen, RunFolder folder)
    {
        string path = Path.GetFullPath(chosen ?? Path.Combine(folder.Staging, FileName));
        if (Path.Exists(path))
        {
            throw new IOException("it exists already.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new TraceTarget(path, chosen);
    }

    /// <summary>The trace after the run; null when none was written, or when it went with a folder that was not kept.</summary>
    /// <param name="kept">The run's folder under its final name; null when it was not kept.</param>
    public string? Find(string? kept)
    {
        string? path = _chosen ?? (kept is null ? null : Path.Combine(kept, FileName));
        return File.Exists(path) ? path : null;
    }
}
