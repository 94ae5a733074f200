using Azure;
using Azure.Storage.Blobs;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Blobs;

/// <summary>How a checkpoint comes to count: its parts are there, its manifest is uploaded, and the claim blob then lists it in one conditional write.</summary>
internal sealed class BlobPublishing(string address, JobBlobs blobs, StoreClaim claim)
{
    /// <summary>Publishes, or throws and leaves what counted as it was.</summary>
    public async Task PublishAsync(CheckpointManifest manifest, CancellationToken cancellation)
    {
        (ClaimText before, ETag version) = await OwnClaimAsync(cancellation).ConfigureAwait(false);
        await CheckPartsAsync(manifest, cancellation).ConfigureAwait(false);
        ManifestOrder order = new(manifest.Generation, manifest.Number);
        bool isPublished = before.Published.Contains(order);
        await UploadAsync(manifest, order, isPublished, cancellation).ConfigureAwait(false);
        if (isPublished)
        {
            return;
        }

        ClaimText after = before with { Published = [.. before.Published, order] };
        if (!await JobBlobs.TryWriteAsync(blobs.Claim, after.Write(), version, cancellation).ConfigureAwait(false))
        {
            // Either another life came in between, or our write arrived and only its answer was lost: then the client asked twice.
            (ClaimText now, _) = await OwnClaimAsync(cancellation).ConfigureAwait(false);
            if (!now.Published.Contains(order))
            {
                throw Shared();
            }
        }
    }

    private async Task<(ClaimText Claim, ETag Version)> OwnClaimAsync(CancellationToken cancellation)
    {
        (BinaryData Bytes, ETag Version) found = await JobBlobs.ReadAsync(blobs.Claim, cancellation).ConfigureAwait(false)
            ?? throw new CheckpointStoreException(
                StoreTrouble.Gone, $"{address}: the claim of job '{claim.Job}' was removed while the job was running; bring the container's content back.");
        ClaimText now = ClaimText.Read(found.Bytes) ?? throw ClaimText.Damaged(address, blobs);
        return now.Token == claim.Token
            ? (now, found.Version)
            : throw StoreSentences.Outclaimed(address, claim, $"life {now.Generation} ({now.Holder}) has claimed the job");
    }

    private async Task CheckPartsAsync(CheckpointManifest manifest, CancellationToken cancellation)
    {
        List<(StoredPart Part, long Length)> parts = await blobs.PartsAsync(cancellation).ConfigureAwait(false);
        Dictionary<string, long> lengths = parts.ToDictionary(one => one.Part.Path, one => one.Length);
        foreach (CheckpointPart part in manifest.Parts)
        {
            bool isThere = lengths.TryGetValue(part.Path, out long length);
            if (!isThere || length != part.Length)
            {
                throw StoreSentences.Unwritten(address, manifest, part, isThere ? $"has {length} bytes, expected {part.Length}" : "is missing");
            }
        }
    }

    private async Task UploadAsync(CheckpointManifest manifest, ManifestOrder order, bool isPublished, CancellationToken cancellation)
    {
        BlobClient blob = blobs.Manifest(order);
        byte[] bytes = ManifestText.Write(manifest);
        if (await JobBlobs.TryWriteAsync(blob, bytes, null, cancellation).ConfigureAwait(false))
        {
            return;
        }

        // An earlier attempt of this life left it; unless it counts, it may be replaced.
        (BinaryData Bytes, ETag Version)? earlier = await JobBlobs.ReadAsync(blob, cancellation).ConfigureAwait(false);
        if (earlier is { } found && found.Bytes.ToMemory().Span.SequenceEqual(bytes))
        {
            return;
        }

        if (isPublished)
        {
            throw StoreSentences.Renumbered(manifest);
        }

        if (!await JobBlobs.TryWriteAsync(blob, bytes, earlier?.Version, cancellation).ConfigureAwait(false))
        {
            throw Shared();
        }
    }

    private CheckpointStoreException Shared() => StoreSentences.Outclaimed(address, claim, "two coordinators publish under it at the same time");
}
