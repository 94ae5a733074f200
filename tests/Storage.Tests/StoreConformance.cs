using OrleansSgd.Core.Checkpoints;
using static OrleansSgd.Storage.Tests.Checkpoints;

namespace OrleansSgd.Storage.Tests;

/// <summary>Goal: every store keeps the promises of the port. Method: the same sentences, run on each.</summary>
public abstract partial class StoreConformance
{
    /// <summary>The sorts of damage that a part can take.</summary>
    public enum Harm
    {
        Changed,
        CutShort,
        Removed,
    }

    private static CancellationToken None => CancellationToken.None;

    /// <summary>A store on this test's own content; called twice it gives two stores that share it.</summary>
    protected abstract ICheckpointStore Open(int keep = 2);

    /// <summary>Damages a part behind the store's back.</summary>
    protected abstract Task HarmAsync(string job, CheckpointPart part, Harm harm);

    /// <summary>Paths of the parts that are there.</summary>
    protected abstract Task<string[]> PartsAsync(string job);

    [Fact]
    public async Task A_store_that_nobody_used_has_no_job_and_no_checkpoint()
    {
        ICheckpointStore store = Open();

        Assert.Empty(await store.JobsAsync(None));
        FoundCheckpoint found = await store.FindAsync(Job, None);
        Assert.Null(found.Manifest);
        Assert.Empty(found.PassedOver);
    }

    [Fact]
    public async Task What_is_published_is_found_with_every_field_and_every_byte()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        CheckpointManifest published = await PublishAsync(store, claim, 1);

        FoundCheckpoint found = await Open().FindAsync(Job, None);

        Assert.Equal(published with { Parts = [] }, found.Manifest! with { Parts = [] });
        Assert.Equal(published.Parts, found.Manifest.Parts);
        Assert.Empty(found.PassedOver);
        Assert.Equal(1, await NewestAsync(Open()));
        Assert.Equal([Job], await Open().JobsAsync(None));
    }

    [Fact]
    public async Task Parts_alone_are_no_checkpoint()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        await WriteAsync(store, claim, 1);

        Assert.Equal(0, await NewestAsync(store));
    }

    [Fact]
    public async Task The_newest_counts_and_the_outcome_is_kept()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        await PublishAsync(store, claim, 1);
        await PublishAsync(store, claim, 2);
        await store.PublishAsync(claim, Manifest(claim, 3, await WriteAsync(store, claim, 3)) with { Outcome = "completed" }, None);

        Assert.Equal(3, await NewestAsync(store));
        Assert.Equal("completed", (await store.FindAsync(Job, None)).Manifest!.Outcome);
    }

    [Fact]
    public async Task Generations_rise_with_every_claim_whoever_claims()
    {
        List<long> generations = [];
        for (int i = 0; i < 3; i++)
        {
            generations.Add((await Open().ClaimAsync(Job, None)).Generation);
        }

        Assert.Equal([1, 2, 3], generations);
        Assert.Equal(1, (await Open().ClaimAsync("another", None)).Generation);
    }

    [Fact]
    public async Task Claims_at_the_same_time_get_different_generations_and_the_highest_publishes()
    {
        ICheckpointStore store = Open();
        Task<StoreClaim?>[] claiming = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => ClaimOrNothingAsync(store)))];
        StoreClaim[] claims = [.. (await Task.WhenAll(claiming)).OfType<StoreClaim>().OrderBy(one => one.Generation)];

        Assert.Equal(claims.Length, claims.Select(one => one.Generation).Distinct().Count());
        foreach (StoreClaim old in claims[..^1])
        {
            await TroubleAsync(StoreTrouble.Outclaimed, () => PublishAsync(store, old, 1));
        }

        Assert.Equal(0, await NewestAsync(store));
        await PublishAsync(store, claims[^1], 1);
        Assert.Equal(1, await NewestAsync(store));
    }

    [Fact]
    public async Task A_life_that_was_outclaimed_publishes_nothing_more()
    {
        ICheckpointStore store = Open();
        StoreClaim old = await store.ClaimAsync(Job, None);
        await PublishAsync(store, old, 1);
        CheckpointPart[] parts = await WriteAsync(store, old, 2);
        StoreClaim now = await Open().ClaimAsync(Job, None);

        CheckpointStoreException error = await TroubleAsync(StoreTrouble.Outclaimed, () => store.PublishAsync(old, Manifest(old, 2, parts), None));

        Assert.Contains("must stop", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsPassing);
        Assert.Equal(1, await NewestAsync(store));
        await PublishAsync(Open(), now, 2);
        Assert.Equal(2, (await store.FindAsync(Job, None)).Manifest!.Generation);
    }

    [Fact]
    public async Task A_new_life_counts_before_an_old_one_whatever_their_numbers()
    {
        ICheckpointStore store = Open();
        await PublishAsync(store, await store.ClaimAsync(Job, None), 7);
        await PublishAsync(store, await store.ClaimAsync(Job, None), 3);

        Assert.Equal(3, await NewestAsync(store));
    }

    [Theory]
    [InlineData(Harm.Changed, "checksum")]
    [InlineData(Harm.CutShort, "bytes, expected")]
    [InlineData(Harm.Removed, "missing")]
    public async Task A_damaged_checkpoint_is_named_and_the_newest_whole_one_is_used(Harm harm, string word)
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        await PublishAsync(store, claim, 1);
        CheckpointManifest newest = await PublishAsync(store, claim, 2);
        await HarmAsync(Job, newest.Parts[1], harm);

        FoundCheckpoint found = await store.FindAsync(Job, None);

        Assert.Equal(1, found.Manifest!.Number);
        string sentence = Assert.Single(found.PassedOver);
        Assert.Contains("checkpoint 2", sentence, StringComparison.Ordinal);
        Assert.Contains("shard-1", sentence, StringComparison.Ordinal);
        Assert.Contains(word, sentence, StringComparison.Ordinal);
        CheckpointStoreException error = await TroubleAsync(StoreTrouble.Damaged, () => store.ReadAsync(Job, newest.Parts[1], None));
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await NewestAsync(store));
    }

    [Fact]
    public async Task When_nothing_is_whole_each_is_named_and_none_is_used()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        await HarmAsync(Job, (await PublishAsync(store, claim, 1)).Parts[0], Harm.Changed);
        await HarmAsync(Job, (await PublishAsync(store, claim, 2)).Parts[0], Harm.Removed);

        FoundCheckpoint found = await store.FindAsync(Job, None);

        Assert.Null(found.Manifest);
        Assert.Equal(2, found.PassedOver.Count);
        Assert.Equal([Job], await store.JobsAsync(None));
    }

    [Fact]
    public async Task A_manifest_whose_part_is_not_there_is_not_published()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        await PublishAsync(store, claim, 1);
        CheckpointPart[] parts = await WriteAsync(store, claim, 2);
        await HarmAsync(Job, parts[0], Harm.Removed);

        CheckpointStoreException error = await TroubleAsync(StoreTrouble.Damaged, () => store.PublishAsync(claim, Manifest(claim, 2, parts), None));

        Assert.Contains("was not published", error.Message, StringComparison.Ordinal);
        FoundCheckpoint found = await store.FindAsync(Job, None);
        Assert.Equal(1, found.Manifest!.Number);
        Assert.Empty(found.PassedOver);
    }

    [Fact]
    public async Task A_part_written_again_with_other_bytes_takes_nothing_from_a_checkpoint_that_names_the_first()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        CheckpointPart first = await store.WriteAsync(claim, "000001-shard-0", Bytes(1, 0), None);
        await store.PublishAsync(claim, Manifest(claim, 1, first), None);

        CheckpointPart again = await store.WriteAsync(claim, "000001-shard-0", Bytes(9, 9), None);

        Assert.NotEqual(first.Path, again.Path);
        Assert.Equal(1, await NewestAsync(store));
        Assert.Equal(Bytes(9, 9), (await store.ReadAsync(Job, again, None)).ToArray());
        Assert.Equal(first, await store.WriteAsync(claim, "000001-shard-0", Bytes(1, 0), None));
    }

    [Fact]
    public async Task An_empty_part_is_a_part()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        CheckpointPart part = await store.WriteAsync(claim, "empty", ReadOnlyMemory<byte>.Empty, None);
        await store.PublishAsync(claim, Manifest(claim, 1, part), None);

        Assert.Equal(1, (await store.FindAsync(Job, None)).Manifest!.Number);
        Assert.Equal(0, (await store.ReadAsync(Job, part, None)).Length);
    }

    [Fact]
    public async Task Jobs_are_kept_apart_whatever_they_are_called()
    {
        string[] jobs = ["a", "A", "a b", "a%20b", "a/b", "..", ".hidden", "Größe", "a~b"];
        ICheckpointStore store = Open();
        foreach (string job in jobs)
        {
            StoreClaim claim = await store.ClaimAsync(job, None);
            Assert.Equal(1, claim.Generation);
            await PublishAsync(store, claim, 1);
        }

        Assert.Equal(jobs.Order(StringComparer.Ordinal), await store.JobsAsync(None));
        Assert.All(jobs, job => Assert.Equal(job, store.FindAsync(job, None).GetAwaiter().GetResult().Manifest!.Job));
    }

    [Fact]
    public async Task Calls_that_no_coordinator_makes_are_refused_and_change_nothing()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        CheckpointPart part = await store.WriteAsync(claim, "x", new byte[3], None);

        foreach (string name in (string[])["", "a/b", "..", ".hidden", "ä", "a b", new('a', 101)])
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => store.WriteAsync(claim, name, new byte[1], None));
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.ClaimAsync("", None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.ClaimAsync(new string('ä', 100), None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.PublishAsync(claim, Manifest(claim, 0, part), None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.PublishAsync(claim, Manifest(claim, 1, part) with { Job = "other" }, None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.PublishAsync(claim, Manifest(claim, 1, part with { Path = "../../secret" }), None));
        Assert.Equal(0, await NewestAsync(store));
    }

    [Fact]
    public async Task A_path_that_leads_out_of_the_store_is_not_followed()
    {
        ICheckpointStore store = Open();
        await store.ClaimAsync(Job, None);

        await TroubleAsync(StoreTrouble.Damaged, () => store.ReadAsync(Job, new("x", "../../etc/passwd", 1, 0), None));
    }

    [Fact]
    public async Task A_cancelled_call_says_so()
    {
        ICheckpointStore store = Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ClaimAsync(Job, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task The_address_has_no_secret_and_says_which_store_it_is()
    {
        string address = Open().Address;

        Assert.Matches("^(dir|blob|memory):.+", address);
        Assert.DoesNotContain("Key", address, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    private static async Task<StoreClaim?> ClaimOrNothingAsync(ICheckpointStore store)
    {
        try
        {
            return await store.ClaimAsync(Job, None);
        }
        catch (CheckpointStoreException error) when (error.Trouble == StoreTrouble.Outclaimed)
        {
            return null; // another claim came in between
        }
    }
}
