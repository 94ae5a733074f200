namespace OrleansSgd.Storage.Layout;

/// <summary>A manifest that a store has.</summary>
/// <param name="Order">Its life and number.</param>
/// <param name="Written">When, as the store tells time; only compared with other values of it.</param>
/// <param name="Paths">The parts it names.</param>
/// <param name="IsWhole">False when it, or one of its parts, is known to be damaged or missing.</param>
internal sealed record StoredManifest(ManifestOrder Order, long Written, IReadOnlyCollection<string> Paths, bool IsWhole);

/// <summary>A part that a store has.</summary>
/// <param name="Path">Below the job.</param>
/// <param name="Generation">The life that wrote it.</param>
/// <param name="Written">When, as the store tells time.</param>
internal sealed record StoredPart(string Path, long Generation, long Written);

/// <summary>What orders checkpoints: the life that published, then the number. An old life's is never newer than a new life's.</summary>
internal readonly record struct ManifestOrder(long Generation, long Number) : IComparable<ManifestOrder>
{
    /// <inheritdoc/>
    public int CompareTo(ManifestOrder other) =>
        Generation != other.Generation ? Generation.CompareTo(other.Generation) : Number.CompareTo(other.Number);
}

/// <summary>What a store lets go of after a checkpoint was published.</summary>
/// <param name="Manifests">To be deleted first, so that no manifest that is there misses a part because of it.</param>
/// <param name="Parts">Paths, to be deleted after the manifests.</param>
internal sealed record Retention(IReadOnlyList<ManifestOrder> Manifests, IReadOnlyList<string> Parts)
{
    /// <summary>Decides.</summary>
    /// <param name="manifests">All of the job, in any order.</param>
    /// <param name="parts">All of the job.</param>
    /// <param name="keep">Whole checkpoints to keep.</param>
    /// <param name="generation">The life that has just published; earlier ones are fenced and write nothing that will count.</param>
    public static Retention Plan(IReadOnlyCollection<StoredManifest> manifests, IReadOnlyCollection<StoredPart> parts, int keep, long generation)
    {
        StoredManifest[] newestFirst = [.. manifests.OrderByDescending(one => one.Order)];
        List<StoredManifest> kept = [];
        List<ManifestOrder> manifestsGone = [];
        int whole = 0;
        foreach (StoredManifest one in newestFirst)
        {
            // A damaged one among the newest is kept: it is named when somebody asks, and takes nobody's place.
            if (whole < keep)
            {
                kept.Add(one);
                whole += one.IsWhole ? 1 : 0;
            }
            else
            {
                manifestsGone.Add(one.Order);
            }
        }

        HashSet<string> named = new(kept.SelectMany(one => one.Paths), StringComparer.Ordinal);

        // This life may be writing its next checkpoint. What it wrote before the one before the newest belongs to no next one any more.
        long writtenMin = newestFirst.Where(one => one.Order.Generation == generation).Skip(1).Select(one => one.Written).FirstOrDefault(long.MinValue);
        string[] partsGone =
        [
            .. parts.Where(one => !named.Contains(one.Path) && (one.Generation < generation || (one.Generation == generation && one.Written < writtenMin)))
                .Select(one => one.Path),
        ];
        return new(manifestsGone, partsGone);
    }
}
