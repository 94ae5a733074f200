using System.Collections.Concurrent;

namespace OrleansSgd.Data;

/// <summary>Lets the silos of one process share one copy of each data set.</summary>
/// <remarks>
/// <para>Thread-safe. A set is opened once however many ask at the same time; the others wait for it. The key is the
/// plan's canonical text, the data folder, and the length and time of each file, so a replaced file is read anew.</para>
/// <para>Holds sets weakly: one that nobody uses any more is given back to the garbage collector. A failure is not
/// remembered; the next call tries again.</para>
/// </remarks>
public sealed class DataCache
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>The samples of <paramref name="plan"/>, opened now or shared; blocks while they are read.</summary>
    /// <inheritdoc cref="DataCatalog.Open" path="/exception"/>
    public DataSets Open(DataPlan plan, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        string folder = Path.GetFullPath(dataFolder);

        // How samples are read and changed later on makes no other set.
        string text = (plan with { Augment = null, Prefetch = null }).ToCanonicalText();
        string key = string.Join('\n', [text, folder, .. DataCatalog.FilesOf(plan, folder).Select(Stamp)]);
        Slot slot = _slots.GetOrAdd(key, static _ => new());
        lock (slot.Gate)
        {
            if (slot.Sets is null || !slot.Sets.TryGetTarget(out DataSets? sets))
            {
                sets = DataCatalog.Open(plan, folder);
                slot.Sets = new(sets);
            }

            return sets;
        }
    }

    /// <summary>As <see cref="Open"/>, on a thread of the pool, so that no grain turn waits for a disk.</summary>
    public Task<DataSets> OpenAsync(DataPlan plan, string dataFolder, CancellationToken cancellation = default) =>
        Task.Run(() => Open(plan, dataFolder), cancellation);

    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? $"{path}|{file.Length}|{file.LastWriteTimeUtc.Ticks}" : $"{path}|absent";
    }

    private sealed class Slot
    {
        public Lock Gate { get; } = new();

        public WeakReference<DataSets>? Sets { get; set; }
    }
}
