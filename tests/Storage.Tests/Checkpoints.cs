using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Storage.Tests;

/// <summary>Short ways to make checkpoints whose content says which they are.</summary>
internal static class Checkpoints
{
    /// <summary>The job of most tests.</summary>
    public const string Job = "digits";

    private static CancellationToken None => CancellationToken.None;

    /// <summary>Bytes that belong to one checkpoint and shard and to no other.</summary>
    public static byte[] Bytes(long number, int shard) => [.. Enumerable.Range(0, 1000 + shard).Select(i => (byte)(i * 31 + number * 7 + shard))];

    /// <summary>A manifest of these parts.</summary>
    public static CheckpointManifest Manifest(StoreClaim claim, long number, params CheckpointPart[] parts) => new()
    {
        Job = claim.Job,
        Number = number,
        Generation = claim.Generation,
        Ticket = number * 100,
        Plan = "{ \"mode\": \"bsp\", \"Zahl\": \"größer\" }",
        Shape = "mlp 784-32-10, 2 shards",
        Parts = parts,
    };

    /// <summary>Writes the two parts of one checkpoint.</summary>
    public static async Task<CheckpointPart[]> WriteAsync(ICheckpointStore store, StoreClaim claim, long number) =>
    [
        await store.WriteAsync(claim, $"{number:D6}-shard-0", Bytes(number, 0), None),
        await store.WriteAsync(claim, $"{number:D6}-shard-1", Bytes(number, 1), None),
    ];

    /// <summary>Writes and publishes one checkpoint, with parts of earlier ones if given.</summary>
    public static async Task<CheckpointManifest> PublishAsync(ICheckpointStore store, StoreClaim claim, long number, params CheckpointPart[] earlier)
    {
        CheckpointManifest manifest = Manifest(claim, number, [.. await WriteAsync(store, claim, number), .. earlier]);
        await store.PublishAsync(claim, manifest, None);
        return manifest;
    }

    /// <summary>The newest whole checkpoint's number, 0 for none; every part of it is read and compared.</summary>
    public static async Task<long> NewestAsync(ICheckpointStore store, string job = Job)
    {
        FoundCheckpoint found = await store.FindAsync(job, None);
        foreach (CheckpointPart part in found.Manifest?.Parts ?? [])
        {
            string[] words = part.Name.Split("-shard-");
            ReadOnlyMemory<byte> bytes = await store.ReadAsync(job, part, None);
            Assert.Equal(Bytes(long.Parse(words[0]), int.Parse(words[1])), bytes.ToArray());
        }

        return found.Manifest?.Number ?? 0;
    }

    /// <summary>Calls, and says which trouble came of it.</summary>
    public static async Task<CheckpointStoreException> TroubleAsync(StoreTrouble expected, Func<Task> call)
    {
        CheckpointStoreException error = await Assert.ThrowsAsync<CheckpointStoreException>(call);
        Assert.True(expected == error.Trouble, $"Expected {expected}, but {error.Trouble}: {error}");
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        return error;
    }
}
