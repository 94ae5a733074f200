using System.Collections.Concurrent;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Memory;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>A store in memory that has the trouble a test wants it to have.</summary>
internal sealed class TroubledStore : ICheckpointStore
{
    private readonly MemoryCheckpointStore _store = new(Path.GetRandomFileName());

    /// <summary>What every write meets; null for none.</summary>
    public StoreTrouble? Writing { get; set; }

    /// <summary>What every search meets; null for none.</summary>
    public StoreTrouble? Finding { get; set; }

    /// <summary>Changes what is found.</summary>
    public Func<FoundCheckpoint, FoundCheckpoint> Change { get; set; } = found => found;

    /// <summary>Every part that was to be written, and by which life.</summary>
    public ConcurrentQueue<(long Generation, string Part)> Writes { get; } = [];

    /// <summary>Searches so far.</summary>
    public int Searches { get; private set; }

    public string Address => "trouble:here";

    public Task<StoreClaim> ClaimAsync(string job, CancellationToken cancellation) =>
        Writing is { } trouble ? throw Of(trouble) : _store.ClaimAsync(job, cancellation);

    public Task<CheckpointPart> WriteAsync(StoreClaim claim, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        Writes.Enqueue((claim.Generation, name));
        return Writing is { } trouble ? throw Of(trouble) : _store.WriteAsync(claim, name, bytes, cancellation);
    }

    public Task PublishAsync(StoreClaim claim, CheckpointManifest manifest, CancellationToken cancellation) =>
        Writing is { } trouble ? throw Of(trouble) : _store.PublishAsync(claim, manifest, cancellation);

    public async Task<FoundCheckpoint> FindAsync(string job, CancellationToken cancellation)
    {
        Searches++;
        return Finding is { } trouble ? throw Of(trouble) : Change(await _store.FindAsync(job, cancellation));
    }

    public Task<ReadOnlyMemory<byte>> ReadAsync(string job, CheckpointPart part, CancellationToken cancellation) =>
        _store.ReadAsync(job, part, cancellation);

    public Task<string[]> JobsAsync(CancellationToken cancellation) => _store.JobsAsync(cancellation);

    private static CheckpointStoreException Of(StoreTrouble trouble) => new(trouble, $"The store is {trouble}.");
}
