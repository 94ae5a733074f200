using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Blobs;

/// <summary>Checkpoints in a container of Azure Blob Storage, or of anything that speaks its protocol.</summary>
/// <remarks>
/// <para>One blob of a job says whose it is and which checkpoints count (<see cref="ClaimText"/>); it changes by conditional writes only. A manifest is
/// uploaded first and listed there second, in one request: that is the moment when it counts.</para>
/// <para>The service has no lock that ends with its holder without a heartbeat, so a second grid is not kept from claiming: it takes the job over, and the
/// first one is told so at its next checkpoint.</para>
/// <para>Thread-safe.</para>
/// </remarks>
public sealed class BlobCheckpointStore : ICheckpointStore
{
    // Each round lost means that somebody else claimed in between; more than this is no race any more.
    private const int RaceMax = 20;

    // The newest claim of this process on each job, so that a container that was emptied meanwhile is no fresh start.
    private static readonly ConcurrentDictionary<string, long> Claimed = new(StringComparer.Ordinal);

    private readonly BlobContainerClient _container;
    private readonly StoreOptions _options;

    /// <param name="container">Where; made by the first claim when it is not there.</param>
    public BlobCheckpointStore(BlobContainerClient container, StoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(container);
        _container = container;
        _options = (options ?? new()).Checked();
        Address = $"blob:{container.Name}";
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public Task<StoreClaim> ClaimAsync(string job, CancellationToken cancellation)
    {
        JobBlobs blobs = new(_container, job);
        return Do($"claiming job '{job}'", async limit =>
        {
            await MakeContainerAsync(isFirst: !Claimed.ContainsKey(KeyOf(job)), limit).ConfigureAwait(false);
            for (int i = 0; i < RaceMax; i++)
            {
                long claimed = ClaimedHere(job);
                (BinaryData Bytes, ETag Version)? found = await JobBlobs.ReadAsync(blobs.Claim, limit).ConfigureAwait(false);
                ClaimText before = found is null ? new() : Text(blobs, found.Value.Bytes);
                ThrowIfGone(job, before.Generation, claimed);
                ClaimText after = before with
                {
                    Generation = before.Generation + 1,
                    Token = RandomNumberGenerator.GetHexString(32, lowercase: true),
                    Holder = $"process {Environment.ProcessId} on {Environment.MachineName}",
                };
                if (await JobBlobs.TryWriteAsync(blobs.Claim, after.Write(), found?.Version, limit).ConfigureAwait(false)
                    || await IsNowAsync(blobs, after, limit).ConfigureAwait(false))
                {
                    _ = Claimed.AddOrUpdate(KeyOf(job), after.Generation, (_, other) => Math.Max(other, after.Generation));
                    return new StoreClaim(job, after.Generation, after.Token);
                }
            }

            throw new CheckpointStoreException(
                StoreTrouble.Held, $"{Address}: job '{job}' was claimed by somebody else {RaceMax} times in a row; end the other grid, or name another store.");
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(StoreClaim claim, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        _ = Claimed.TryRemove(new(KeyOf(claim.Job), claim.Generation));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<CheckpointPart> WriteAsync(StoreClaim claim, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(claim);
        StoreSentences.CheckName(name);
        JobBlobs blobs = new(_container, claim.Job);
        return Do($"writing part {name} of job '{claim.Job}'", async limit =>
        {
            uint checksum = Crc32C.Of(bytes.Span);
            CheckpointPart part = new(name, StoreNames.PartPath(claim.Generation, name, checksum), bytes.Length, checksum);
            _ = await blobs.Part(part.Path).UploadAsync(BinaryData.FromBytes(bytes), overwrite: true, limit).ConfigureAwait(false);
            return part;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task PublishAsync(StoreClaim claim, CheckpointManifest manifest, CancellationToken cancellation)
    {
        StoreSentences.CheckPublication(claim, manifest);
        JobBlobs blobs = new(_container, claim.Job);
        return Do($"publishing checkpoint {manifest.Number} of job '{claim.Job}'", async limit =>
        {
            BlobPublishing publishing = new(Address, blobs, claim);
            await publishing.PublishAsync(manifest, limit).ConfigureAwait(false);
            await new BlobRetention(blobs).RetainAsync(_options.Keep, claim, limit).ConfigureAwait(false);
            return true;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<FoundCheckpoint> FindAsync(string job, CancellationToken cancellation)
    {
        JobBlobs blobs = new(_container, job);
        return Do($"looking for checkpoints of job '{job}'", async limit =>
        {
            List<string> passedOver = [];
            long claimed = ClaimedHere(job);
            (BinaryData Bytes, ETag Version)? claim = await ReadOrNothingAsync(blobs.Claim, limit).ConfigureAwait(false);
            ClaimText now = claim is null ? new() : Text(blobs, claim.Value.Bytes);
            ThrowIfGone(job, now.Generation, claimed);
            foreach (ManifestOrder order in now.Published.OrderDescending())
            {
                (CheckpointManifest? manifest, string? mistake) = await ReadManifestAsync(blobs, order, limit).ConfigureAwait(false);
                foreach (CheckpointPart part in mistake is null ? manifest!.Parts : [])
                {
                    if (Mistake(part, await JobBlobs.ReadAsync(blobs.Part(part.Path), limit).ConfigureAwait(false)) is { } found)
                    {
                        mistake = $"its part {part.Name} ({part.Path}) {found}";
                        break;
                    }
                }

                if (mistake is null)
                {
                    return new FoundCheckpoint(manifest, passedOver);
                }

                passedOver.Add(StoreSentences.PassedOver(Address, job, order, mistake));
            }

            return new FoundCheckpoint(null, passedOver);
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadAsync(string job, CheckpointPart part, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(part);
        JobBlobs blobs = new(_container, job);
        return Do($"reading part {part.Name} of job '{job}'", async limit =>
        {
            if (StoreNames.PathMistake(part.Path) is { } mistake)
            {
                throw StoreSentences.Damaged(Address, job, part, $"cannot be: {mistake}");
            }

            (BinaryData Bytes, ETag Version)? found = await JobBlobs.ReadAsync(blobs.Part(part.Path), limit).ConfigureAwait(false);
            return Mistake(part, found) is { } damage ? throw StoreSentences.Damaged(Address, job, part, damage) : found!.Value.Bytes.ToMemory();
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<string[]> JobsAsync(CancellationToken cancellation) => Do("listing jobs", async limit =>
    {
        List<string> jobs = [];
        try
        {
            await foreach (BlobHierarchyItem folder in _container.GetBlobsByHierarchyAsync(delimiter: "/", cancellationToken: limit).ConfigureAwait(false))
            {
                if (folder.IsPrefix && StoreNames.JobOf(folder.Prefix.TrimEnd('/')) is { } job)
                {
                    jobs.Add(job);
                }
            }
        }
        catch (RequestFailedException error) when (BlobTrouble.IsContainerMissing(error))
        {
            return []; // nobody has claimed anything here yet
        }

        jobs.Sort(StringComparer.Ordinal);
        return jobs.ToArray();
    }, cancellation);

    private static string? Mistake(CheckpointPart part, (BinaryData Bytes, ETag Version)? found) =>
        found is null ? "is missing" : StoreSentences.PartMistake(part, found.Value.Bytes.ToMemory().Length, Crc32C.Of(found.Value.Bytes));

    private static async Task<(BinaryData Bytes, ETag Version)?> ReadOrNothingAsync(BlobClient blob, CancellationToken limit)
    {
        try
        {
            return await JobBlobs.ReadAsync(blob, limit).ConfigureAwait(false);
        }
        catch (RequestFailedException error) when (BlobTrouble.IsContainerMissing(error))
        {
            return null; // nobody has claimed anything here yet
        }
    }

    private static async Task<(CheckpointManifest? Manifest, string? Mistake)> ReadManifestAsync(
        JobBlobs blobs, ManifestOrder order, CancellationToken limit) =>
        await JobBlobs.ReadAsync(blobs.Manifest(order), limit).ConfigureAwait(false) is { } found
            ? ManifestText.Read(found.Bytes, blobs.Job)
            : (null, "its manifest is missing");

    private string KeyOf(string job) => $"{_container.Uri}\n{job}";

    private long ClaimedHere(string job) => Claimed.GetValueOrDefault(KeyOf(job));

    // What this process had claimed before it read the claim: one that it makes meanwhile need not be in what was read.
    private void ThrowIfGone(string job, long generation, long claimed)
    {
        if (generation < claimed)
        {
            throw new CheckpointStoreException(
                StoreTrouble.Gone,
                $"{Address}: the container was removed or emptied while job '{job}' was running; its claim {claimed} is not there. " +
                "Bring its content back; to begin anew without it, end this process first.");
        }
    }

    // Asking first needs no right to make containers, which a careful administrator does not give.
    private async Task MakeContainerAsync(bool isFirst, CancellationToken limit)
    {
        if (isFirst && !await _container.ExistsAsync(limit).ConfigureAwait(false))
        {
            _ = await _container.CreateIfNotExistsAsync(cancellationToken: limit).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsNowAsync(JobBlobs blobs, ClaimText claim, CancellationToken limit) =>
        await JobBlobs.ReadAsync(blobs.Claim, limit).ConfigureAwait(false) is { } now && Text(blobs, now.Bytes).Token == claim.Token;

    private ClaimText Text(JobBlobs blobs, BinaryData bytes) => ClaimText.Read(bytes) ?? throw ClaimText.Damaged(Address, blobs);

    private async Task<T> Do<T>(string what, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(_options.SlowAfter, _options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            if (BlobTrouble.Of(Address, what, error, limit.IsCancellationRequested, _options.SlowAfter) is { } trouble)
            {
                throw trouble;
            }

            throw;
        }
    }
}
