using OrleansSgd.Core.Checkpoints;
using static OrleansSgd.Storage.Tests.Checkpoints;

namespace OrleansSgd.Storage.Tests;

/// <content>What is kept, what is let go, and what may be written again.</content>
public abstract partial class StoreConformance
{
    [Fact]
    public async Task The_newest_two_checkpoints_stay_with_the_parts_they_share_and_what_is_under_way()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        CheckpointManifest first = await PublishAsync(store, claim, 1);
        CheckpointPart shared = first.Parts[0];
        CheckpointManifest second = await PublishAsync(store, claim, 2, shared);
        CheckpointPart[] underWay = await WriteAsync(store, claim, 4);
        CheckpointManifest third = await PublishAsync(store, claim, 3, shared);

        string[] parts = await PartsAsync(Job);

        Assert.Equal(second.Parts.Concat(third.Parts).Concat(underWay).Select(one => one.Path).Distinct().Order(), parts.Except([first.Parts[1].Path]).Order());
        Assert.Equal(3, await NewestAsync(store));
        await HarmAsync(Job, third.Parts[0], Harm.Removed);
        Assert.Equal(2, await NewestAsync(store));
        await HarmAsync(Job, second.Parts[0], Harm.Removed);
        FoundCheckpoint found = await store.FindAsync(Job, None);
        Assert.Null(found.Manifest);
        Assert.Equal(2, found.PassedOver.Count); // the first one is gone for good
    }

    [Fact]
    public async Task A_new_life_clears_away_what_an_old_one_left_unnamed_and_keeps_what_is_named()
    {
        ICheckpointStore store = Open();
        StoreClaim old = await store.ClaimAsync(Job, None);
        CheckpointManifest first = await PublishAsync(store, old, 1);
        await WriteAsync(store, old, 2); // and dies
        StoreClaim now = await store.ClaimAsync(Job, None);

        CheckpointManifest second = await PublishAsync(store, now, 2);

        Assert.Equal(first.Parts.Concat(second.Parts).Select(one => one.Path).Order(), (await PartsAsync(Job)).Order());
    }

    [Fact]
    public async Task A_damaged_checkpoint_takes_no_whole_ones_place_when_old_ones_are_let_go()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        await PublishAsync(store, claim, 1);
        await HarmAsync(Job, (await PublishAsync(store, claim, 2)).Parts[0], Harm.Removed);
        CheckpointManifest third = await PublishAsync(store, claim, 3);
        await HarmAsync(Job, third.Parts[0], Harm.Removed);

        Assert.Equal(1, await NewestAsync(store));
    }

    [Fact]
    public async Task The_same_checkpoint_may_be_published_again_but_not_another_under_its_number()
    {
        ICheckpointStore store = Open();
        StoreClaim claim = await store.ClaimAsync(Job, None);
        CheckpointManifest manifest = await PublishAsync(store, claim, 1);

        await store.PublishAsync(claim, manifest, None);
        await Assert.ThrowsAsync<ArgumentException>(() => store.PublishAsync(claim, manifest with { Ticket = 5 }, None));

        Assert.Equal(100, (await store.FindAsync(Job, None)).Manifest!.Ticket);
    }
}
