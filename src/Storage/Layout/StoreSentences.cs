using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Storage.Layout;

/// <summary>What the stores say, so that the same trouble reads the same everywhere.</summary>
internal static class StoreSentences
{
    /// <summary>A newer life has the job.</summary>
    public static CheckpointStoreException Outclaimed(string address, StoreClaim claim, string newer) => new(
        StoreTrouble.Outclaimed,
        $"{address}: claim {claim.Generation} of job '{claim.Job}' is over: {newer}. Nothing of it counts any more; this coordinator must stop.");

    /// <summary>A part is not what its manifest says.</summary>
    public static CheckpointStoreException Damaged(string address, string job, CheckpointPart part, string mistake, Exception? inner = null) => new(
        StoreTrouble.Damaged, $"{address}: part {part.Name} of job '{job}' ({part.Path}) {mistake}; use an older checkpoint.", inner);

    /// <summary>A part that is to be published is not there.</summary>
    public static CheckpointStoreException Unwritten(string address, CheckpointManifest manifest, CheckpointPart part, string mistake) => new(
        StoreTrouble.Damaged,
        $"{address}: checkpoint {manifest.Number} of job '{manifest.Job}' was not published: its part {part.Name} ({part.Path}) {mistake}. " +
        "Write the part again.");

    /// <summary>Why a newer checkpoint was passed over.</summary>
    public static string PassedOver(string address, string job, ManifestOrder order, string mistake) =>
        $"{address}: checkpoint {order.Number} of job '{job}' (life {order.Generation}) was passed over: {mistake}.";

    /// <summary>Why bytes are not the part, or null when they are.</summary>
    public static string? PartMistake(CheckpointPart part, long length, uint checksum) =>
        length != part.Length ? $"has {length} bytes, expected {part.Length}"
        : checksum != part.Checksum ? $"is damaged: checksum {checksum:X8}, expected {part.Checksum:X8}"
        : null;

    /// <summary>Refuses a call that no correct coordinator makes.</summary>
    public static void CheckPublication(StoreClaim claim, CheckpointManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(manifest);
        if (manifest.Job != claim.Job || manifest.Generation != claim.Generation || manifest.Number < 1)
        {
            throw new ArgumentException(
                $"Manifest {manifest.Number} is of job '{manifest.Job}', life {manifest.Generation}, but the claim is of job '{claim.Job}', " +
                $"life {claim.Generation}; numbers begin at 1.",
                nameof(manifest));
        }

        foreach (CheckpointPart part in manifest.Parts)
        {
            if (StoreNames.PathMistake(part.Path) is { } mistake)
            {
                throw new ArgumentException($"Manifest {manifest.Number} names a part that no store wrote: {mistake}.", nameof(manifest));
            }
        }
    }

    /// <summary>Refuses a second, different checkpoint of one number in one life.</summary>
    public static ArgumentException Renumbered(CheckpointManifest manifest) => new(
        $"Checkpoint {manifest.Number} of job '{manifest.Job}' was published by life {manifest.Generation} already, with another content; count on.",
        nameof(manifest));

    /// <summary>Refuses a name that is no part's.</summary>
    public static void CheckName(string name)
    {
        if (StoreNames.NameMistake(name) is { } mistake)
        {
            throw new ArgumentException(mistake + ".", nameof(name));
        }
    }
}
