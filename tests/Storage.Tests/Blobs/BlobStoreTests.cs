using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Blobs;

namespace OrleansSgd.Storage.Tests.Blobs;

/// <summary>Goal: the blob store keeps the promises of the port. Method: the common suite against a real service, then what only services do.</summary>
[Collection(AzuriteTests.Name)]
public sealed class BlobStoreTests(Azurite azurite) : StoreConformance
{
    private readonly string _container = Azurite.FreeContainer;

    private static CancellationToken None => CancellationToken.None;

    protected override bool HasMarks => false;

    [Fact]
    public async Task A_manifest_that_an_old_life_uploaded_and_could_not_list_never_counts()
    {
        ICheckpointStore store = Open();
        StoreClaim old = await store.ClaimAsync(Checkpoints.Job, None);
        CheckpointPart[] parts = await Checkpoints.WriteAsync(store, old, 9);

        // Between the old life's upload and its listing, the new one claims.
        int writes = 0;
        RequestWatch watch = new(async request =>
        {
            if (request.Method == HttpMethod.Put && ++writes == 2)
            {
                await Open().ClaimAsync(Checkpoints.Job, None);
            }

            return null;
        });
        BlobCheckpointStore slow = new(azurite.Container(_container, watch));
        await Checkpoints.TroubleAsync(StoreTrouble.Outclaimed, () => slow.PublishAsync(old, Checkpoints.Manifest(old, 9, parts), None));

        Assert.Equal(2, writes);
        Assert.Contains("digits/manifests/0000000001-0000000009", await NamesAsync("digits/manifests/"));
        Assert.Equal(0, await Checkpoints.NewestAsync(store));
        await Checkpoints.PublishAsync(store, await store.ClaimAsync(Checkpoints.Job, None), 1);
        Assert.Equal(1, await Checkpoints.NewestAsync(store));
        Assert.Equal(["digits/manifests/0000000003-0000000001"], await NamesAsync("digits/manifests/")); // and is cleared away
    }

    [Fact]
    public async Task A_container_that_goes_missing_while_a_job_runs_is_said_and_is_no_fresh_start()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        CheckpointManifest manifest = await Checkpoints.PublishAsync(store, claim, 1);
        await azurite.Container(_container).DeleteAsync();

        foreach (Func<Task> call in (Func<Task>[])
        [
            () => store.WriteAsync(claim, "x", new byte[1], None),
            () => store.PublishAsync(claim, manifest with { Number = 2 }, None),
            () => store.ClaimAsync(Checkpoints.Job, None),
            () => Open().FindAsync(Checkpoints.Job, None),
            () => store.ReadAsync(Checkpoints.Job, manifest.Parts[0], None),
        ])
        {
            Assert.True((await Checkpoints.TroubleAsync(StoreTrouble.Gone, call)).IsPassing);
        }

        await store.ReleaseAsync(claim, None);
        Assert.Equal(1, (await Open().ClaimAsync(Checkpoints.Job, None)).Generation);
    }

    [Fact]
    public async Task Wrong_credentials_are_denied_without_being_shown()
    {
        const string Wrong = "d3Jvbmctd3Jvbmctd3Jvbmc=";
        BlobCheckpointStore store = new(new BlobContainerClient(azurite.ConnectionWith(Wrong), _container));

        foreach (Func<Task> call in (Func<Task>[])[() => store.ClaimAsync(Checkpoints.Job, None), () => store.FindAsync(Checkpoints.Job, None)])
        {
            CheckpointStoreException error = await Checkpoints.TroubleAsync(StoreTrouble.Denied, call);
            Assert.Contains("renew the connection string", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Wrong, error.ToString(), StringComparison.Ordinal);
            Assert.False(error.IsPassing);
        }
    }

    [Fact]
    public async Task A_claim_blob_that_is_damaged_is_said_and_not_replaced()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await azurite.Container(_container).GetBlobClient("digits/claim").UploadAsync(BinaryData.FromString("{"), overwrite: true);

        await Checkpoints.TroubleAsync(StoreTrouble.Damaged, () => store.FindAsync(Checkpoints.Job, None));
        await Checkpoints.TroubleAsync(StoreTrouble.Damaged, () => store.ClaimAsync(Checkpoints.Job, None));
        await Checkpoints.TroubleAsync(StoreTrouble.Damaged, () => store.PublishAsync(claim, Checkpoints.Manifest(claim, 1), None));
    }

    [Fact]
    public async Task A_store_opened_by_its_address_works()
    {
        ICheckpointStore store = CheckpointStores.Open($"blob:{_container}", null, _ => azurite.Connection);

        await Checkpoints.PublishAsync(store, await store.ClaimAsync(Checkpoints.Job, None), 1);

        Assert.Equal(1, await Checkpoints.NewestAsync(Open()));
    }

    protected override ICheckpointStore Open(int keep = 2) => new BlobCheckpointStore(azurite.Container(_container), new() { Keep = keep });

    protected override async Task HarmAsync(string job, CheckpointPart part, Harm harm)
    {
        BlobClient blob = new JobBlobs(azurite.Container(_container), job).Part(part.Path);
        byte[] bytes = (await blob.DownloadContentAsync()).Value.Content.ToArray();
        if (harm == Harm.Removed)
        {
            await blob.DeleteAsync();
            return;
        }

        bytes[0] ^= 1;
        await blob.UploadAsync(BinaryData.FromBytes(harm == Harm.Changed ? bytes : bytes[..^1]), overwrite: true);
    }

    protected override async Task<string[]> PartsAsync(string job) =>
        [.. (await new JobBlobs(azurite.Container(_container), job).PartsAsync(None)).Select(one => one.Part.Path)];

    private async Task<string[]> NamesAsync(string prefix)
    {
        List<string> names = [];
        await foreach (BlobItem blob in azurite.Container(_container).GetBlobsAsync(prefix: prefix))
        {
            names.Add(blob.Name);
        }

        return [.. names];
    }
}
