using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Blobs;

/// <summary>The blobs of one job: where they are, and the three ways in which they are read and written.</summary>
internal sealed class JobBlobs(BlobContainerClient container, string job)
{
    private const string ManifestsFolder = "manifests/";

    private readonly string _prefix = StoreNames.SegmentOf(job) + "/";

    /// <summary>The job.</summary>
    public string Job => job;

    /// <summary>The blob that says whose the job is and which checkpoints count.</summary>
    public BlobClient Claim => container.GetBlobClient(_prefix + "claim");

    /// <summary>A manifest.</summary>
    public BlobClient Manifest(ManifestOrder order) => container.GetBlobClient(_prefix + ManifestName(order));

    /// <summary>A part, by its path as a manifest has it.</summary>
    public BlobClient Part(string path) => container.GetBlobClient(_prefix + path);

    /// <summary>A blob's bytes and version; null when it is not there.</summary>
    public static async Task<(BinaryData Bytes, ETag Version)?> ReadAsync(BlobClient blob, CancellationToken cancellation)
    {
        try
        {
            BlobDownloadResult found = await blob.DownloadContentAsync(cancellation).ConfigureAwait(false);
            return (found.Content, found.Details.ETag);
        }
        catch (RequestFailedException error) when (BlobTrouble.IsBlobMissing(error))
        {
            return null;
        }
    }

    /// <summary>Writes a blob if it still is what was read.</summary>
    /// <param name="read">The version that was read; null: it must not be there.</param>
    /// <returns>False when it is something else by now; nothing was written.</returns>
    public static async Task<bool> TryWriteAsync(BlobClient blob, ReadOnlyMemory<byte> bytes, ETag? read, CancellationToken cancellation)
    {
        BlobRequestConditions conditions = read is { } version ? new() { IfMatch = version } : new() { IfNoneMatch = ETag.All };
        try
        {
            _ = await blob.UploadAsync(BinaryData.FromBytes(bytes), new BlobUploadOptions { Conditions = conditions }, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException error) when (BlobTrouble.IsOvertaken(error))
        {
            return false;
        }
    }

    /// <summary>When each manifest that is there was written.</summary>
    public async Task<Dictionary<ManifestOrder, long>> ManifestsAsync(CancellationToken cancellation)
    {
        Dictionary<ManifestOrder, long> found = [];
        await foreach (BlobItem blob in ListAsync(ManifestsFolder, cancellation).ConfigureAwait(false))
        {
            string[] numbers = blob.Name[(_prefix.Length + ManifestsFolder.Length)..].Split('-');
            if (numbers.Length == 2 && StoreNames.Number(numbers[0]) is { } generation && StoreNames.Number(numbers[1]) is { } number)
            {
                found[new(generation, number)] = Written(blob);
            }
        }

        return found;
    }

    /// <summary>Every part that is there, with its length.</summary>
    public async Task<List<(StoredPart Part, long Length)>> PartsAsync(CancellationToken cancellation)
    {
        List<(StoredPart, long)> found = [];
        await foreach (BlobItem blob in ListAsync("parts/", cancellation).ConfigureAwait(false))
        {
            string path = blob.Name[_prefix.Length..];
            if (StoreNames.GenerationOfPart(path) is { } generation)
            {
                found.Add((new(path, generation, Written(blob)), blob.Properties.ContentLength ?? 0));
            }
        }

        return found;
    }

    private static string ManifestName(ManifestOrder order) => $"{ManifestsFolder}{StoreNames.Digits(order.Generation)}-{StoreNames.Digits(order.Number)}";

    private static long Written(BlobItem blob) => blob.Properties.LastModified?.UtcTicks ?? 0;

    private AsyncPageable<BlobItem> ListAsync(string folder, CancellationToken cancellation) =>
        container.GetBlobsAsync(prefix: _prefix + folder, cancellationToken: cancellation);
}
