using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Files;

/// <summary>The folder of one job: where things are, and which lives it has seen.</summary>
/// <remarks>
/// A life publishes into its own folder, <c>lives/GENERATION.open</c>. The next claim renames that folder to <c>.closed</c> before it looks for checkpoints: a
/// manifest is then either in it, and found, or can get there no more, because its path is gone. One rename fences, without a clock and without
/// asking the old life.
/// </remarks>
internal sealed class JobFolder(string root, string job)
{
    private const string OpenEnd = ".open";
    private const string ClosedEnd = ".closed";
    private const string ManifestEnd = ".manifest";

    /// <summary>The job.</summary>
    public string Job => job;

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(root, StoreNames.SegmentOf(job));

    /// <summary>The file whose lock the claiming process holds.</summary>
    public string Lock => System.IO.Path.Combine(Path, "lock");

    /// <summary>One small file for each claim; its name is what counts.</summary>
    public string Claims => System.IO.Path.Combine(Path, "claims");

    /// <summary>One folder for each life, with its manifests.</summary>
    public string Lives => System.IO.Path.Combine(Path, "lives");

    /// <summary>One folder for each life, with its parts.</summary>
    public string Parts => System.IO.Path.Combine(Path, "parts");

    /// <summary>One file for each life: how far it got.</summary>
    public string Marks => System.IO.Path.Combine(Path, "marks");

    /// <summary>The mark of a life.</summary>
    public string MarkOf(long generation) => System.IO.Path.Combine(Marks, StoreNames.Digits(generation));

    /// <summary>The lives of which a mark is there.</summary>
    public IEnumerable<long> MarksNow() => Directory.Exists(Marks) ? NumbersIn(Marks, "") : [];

    /// <summary>The file of a claim.</summary>
    public string ClaimOf(long generation) => System.IO.Path.Combine(Claims, StoreNames.Digits(generation));

    /// <summary>The folder of a life that may publish.</summary>
    public string OpenLife(long generation) => System.IO.Path.Combine(Lives, StoreNames.Digits(generation) + OpenEnd);

    /// <summary>The folder of a life that may not.</summary>
    public string ClosedLife(long generation) => System.IO.Path.Combine(Lives, StoreNames.Digits(generation) + ClosedEnd);

    /// <summary>The folder of a life's parts.</summary>
    public string PartsOf(long generation) => System.IO.Path.Combine(Parts, StoreNames.Digits(generation));

    /// <summary>What a file is called until it is whole and its bytes are durable.</summary>
    /// <param name="number">Differs for all that this process writes.</param>
    public string Unfinished(long generation, long number) =>
        System.IO.Path.Combine(PartsOf(generation), $"{Environment.ProcessId}-{StoreNames.Digits(number)}.unfinished");

    /// <summary>A manifest in the folder of a life that may publish.</summary>
    public string ManifestOf(ManifestOrder order) => System.IO.Path.Combine(OpenLife(order.Generation), StoreNames.Digits(order.Number) + ManifestEnd);

    /// <summary>A part, by its path as a manifest has it.</summary>
    public string PartAt(string path) => System.IO.Path.Combine(Path, System.IO.Path.Combine(path.Split('/')));

    /// <summary>The newest generation claimed; 0 for none.</summary>
    public long GenerationNow() => ClaimsNow().DefaultIfEmpty(0).Max();

    /// <summary>The generations of which a claim is there.</summary>
    public IEnumerable<long> ClaimsNow() => Directory.Exists(Claims) ? NumbersIn(Claims, "") : [];

    /// <summary>The lives that may publish, as far as their folders say.</summary>
    public IEnumerable<long> OpenLives() => LifeFolders().Where(one => one.IsOpen).Select(one => one.Generation);

    /// <summary>Every manifest that is there, newest first, with its file.</summary>
    public (ManifestOrder Order, string File)[] Manifests() =>
    [
        .. LifeFolders()
            .SelectMany(life => NumbersIn(life.Folder, ManifestEnd)
                .Select(number => (new ManifestOrder(life.Generation, number), System.IO.Path.Combine(life.Folder, StoreNames.Digits(number) + ManifestEnd))))
            .OrderByDescending(one => one.Item1),
    ];

    /// <summary>Every part that is there, unfinished ones too: those are never named, so they go like any other.</summary>
    public StoredPart[] PartsNow() =>
    [
        .. Directory.EnumerateDirectories(Parts)
            .Select(folder => (Folder: folder, Generation: StoreNames.Number(System.IO.Path.GetFileName(folder))))
            .Where(life => life.Generation is not null)
            .SelectMany(life => new DirectoryInfo(life.Folder).EnumerateFiles()
                .Select(file => new StoredPart(
                    $"parts/{System.IO.Path.GetFileName(life.Folder)}/{file.Name}", life.Generation!.Value, file.LastWriteTimeUtc.Ticks))),
    ];

    /// <summary>Folders of lives and their parts before this one; they may be empty.</summary>
    public IEnumerable<string> FoldersBefore(long generation) =>
        LifeFolders().Where(life => life.Generation < generation).Select(life => life.Folder)
            .Concat(Directory.EnumerateDirectories(Parts).Where(folder => StoreNames.Number(System.IO.Path.GetFileName(folder)) < generation));

    private IEnumerable<(long Generation, bool IsOpen, string Folder)> LifeFolders()
    {
        if (!Directory.Exists(Lives))
        {
            yield break;
        }

        foreach (string folder in Directory.GetDirectories(Lives))
        {
            string name = System.IO.Path.GetFileName(folder);
            bool isOpen = name.EndsWith(OpenEnd, StringComparison.Ordinal);
            string end = isOpen ? OpenEnd : ClosedEnd;
            if (name.EndsWith(end, StringComparison.Ordinal) && StoreNames.Number(name.AsSpan(0, name.Length - end.Length)) is { } generation)
            {
                yield return (generation, isOpen, folder);
            }
        }
    }

    private static IEnumerable<long> NumbersIn(string folder, string end) =>
        Directory.EnumerateFiles(folder)
            .Select(file => System.IO.Path.GetFileName(file))
            .Where(name => name.EndsWith(end, StringComparison.Ordinal))
            .Select(name => StoreNames.Number(name.AsSpan(0, name.Length - end.Length)))
            .Where(number => number is not null)
            .Select(number => number!.Value);
}
