using Azure;
using Azure.Storage.Blobs;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Blobs;

/// <summary>Lets go of what <see cref="Retention"/> says, in a job's blobs.</summary>
internal sealed class BlobRetention(JobBlobs blobs)
{
    /// <summary>Takes old checkpoints off the list first, then deletes their blobs.</summary>
    /// <remarks>The checkpoint counts already when this is called, so what cannot be deleted is left for the next time.</remarks>
    public async Task RetainAsync(int keep, StoreClaim claim, CancellationToken cancellation)
    {
        try
        {
            (BinaryData Bytes, ETag Version)? found = await JobBlobs.ReadAsync(blobs.Claim, cancellation).ConfigureAwait(false);
            if (found is null || ClaimText.Read(found.Value.Bytes) is not { } now || now.Token != claim.Token)
            {
                return; // the next life decides what goes
            }

            List<(StoredPart Part, long Length)> parts = await blobs.PartsAsync(cancellation).ConfigureAwait(false);
            Dictionary<ManifestOrder, long> written = await blobs.ManifestsAsync(cancellation).ConfigureAwait(false);
            Dictionary<string, long> lengths = parts.ToDictionary(one => one.Part.Path, one => one.Length);
            List<StoredManifest> manifests = [];
            foreach (ManifestOrder order in now.Published)
            {
                manifests.Add(await DescribeAsync(order, written.GetValueOrDefault(order), lengths, cancellation).ConfigureAwait(false));
            }

            Retention plan = Retention.Plan(manifests, [.. parts.Select(one => one.Part)], keep, claim.Generation);
            ClaimText after = now with { Published = [.. now.Published.Except(plan.Manifests)] };
            if (plan.Manifests.Count > 0 && !await JobBlobs.TryWriteAsync(blobs.Claim, after.Write(), found.Value.Version, cancellation).ConfigureAwait(false))
            {
                return;
            }

            // Those that never counted go with them: only this life could list one more, and it is not publishing now.
            IEnumerable<BlobClient> gone = written.Keys.Except(after.Published).Select(blobs.Manifest).Concat(plan.Parts.Select(blobs.Part));
            foreach (BlobClient blob in gone)
            {
                _ = await blob.DeleteIfExistsAsync(cancellationToken: cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException or OperationCanceledException)
        {
            // Room is wasted until the next checkpoint tries again; that one tells if the store is in trouble.
        }
    }

    private async Task<StoredManifest> DescribeAsync(
        ManifestOrder order, long written, Dictionary<string, long> lengths, CancellationToken cancellation)
    {
        (BinaryData Bytes, ETag Version)? found = await JobBlobs.ReadAsync(blobs.Manifest(order), cancellation).ConfigureAwait(false);
        CheckpointManifest? manifest = found is null ? null : ManifestText.Read(found.Value.Bytes, blobs.Job).Manifest;
        bool isWhole = manifest is not null && manifest.Parts.All(part => lengths.TryGetValue(part.Path, out long length) && length == part.Length);
        return new(order, written, [.. manifest?.Parts.Select(part => part.Path) ?? []], isWhole);
    }
}
