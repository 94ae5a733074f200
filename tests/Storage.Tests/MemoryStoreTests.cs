using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Memory;

namespace OrleansSgd.Storage.Tests;

/// <summary>Goal: the store of tests keeps the same promises as those of users. Method: the common suite.</summary>
public sealed class MemoryStoreTests : StoreConformance
{
    private static int _count;

    private readonly string _name = $"conformance-{Interlocked.Increment(ref _count)}";

    [Fact]
    public async Task Stores_of_another_name_share_nothing()
    {
        await Open().ClaimAsync("a", CancellationToken.None);

        Assert.Empty(await new MemoryCheckpointStore(_name + "-other").JobsAsync(CancellationToken.None));
    }

    protected override ICheckpointStore Open(int keep = 2) => new MemoryCheckpointStore(_name, new() { Keep = keep });

    protected override Task HarmAsync(string job, CheckpointPart part, Harm harm)
    {
        new MemoryCheckpointStore(_name).Rewrite(job, part, harm switch
        {
            Harm.Changed => bytes => [(byte)(bytes[0] ^ 1), .. bytes[1..]],
            Harm.CutShort => bytes => bytes[..^1],
            _ => _ => null,
        });
        return Task.CompletedTask;
    }

    protected override Task<string[]> PartsAsync(string job) => Task.FromResult(new MemoryCheckpointStore(_name).PartPaths(job));
}
