using System.Collections.Concurrent;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Memory;

/// <summary>Checkpoints in the memory of this process: for tests, and for runs that need to survive silos but not the process.</summary>
/// <remarks>Stores of one name share one content, like two handles of one folder; it lives as long as the process.</remarks>
public sealed class MemoryCheckpointStore : ICheckpointStore
{
    private static readonly ConcurrentDictionary<string, Content> Contents = new(StringComparer.Ordinal);

    private readonly Content _content;
    private readonly StoreOptions _options;

    /// <param name="name">Which content; any text.</param>
    public MemoryCheckpointStore(string name, StoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Address = $"memory:{name}";
        _options = (options ?? new()).Checked();
        _content = Contents.GetOrAdd(name, static _ => new());
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public Task<StoreClaim> ClaimAsync(string job, CancellationToken cancellation) => Do(() =>
    {
        _ = StoreNames.SegmentOf(job);
        Kept kept = _content.Jobs.TryGetValue(job, out Kept? known) ? known : _content.Jobs[job] = new();
        kept.Generation++;
        return new StoreClaim(job, kept.Generation, $"{Address}#{kept.Generation}");
    }, cancellation);

    /// <inheritdoc/>
    public Task<CheckpointPart> WriteAsync(StoreClaim claim, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        StoreSentences.CheckName(name);
        return Do(() =>
        {
            uint checksum = Crc32C.Of(bytes.Span);
            CheckpointPart part = new(name, StoreNames.PartPath(claim.Generation, name, checksum), bytes.Length, checksum);
            KeptOf(claim).Parts[part.Path] = (bytes.ToArray(), ++_content.Now);
            return part;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task PublishAsync(StoreClaim claim, CheckpointManifest manifest, CancellationToken cancellation)
    {
        StoreSentences.CheckPublication(claim, manifest);
        return Do(() =>
        {
            Kept kept = KeptOf(claim);
            ThrowIfOutclaimed(kept, claim);
            foreach (CheckpointPart part in manifest.Parts)
            {
                if (!kept.Parts.ContainsKey(part.Path))
                {
                    throw StoreSentences.Unwritten(Address, manifest, part, "is missing");
                }
            }

            ManifestOrder order = new(manifest.Generation, manifest.Number);
            byte[] bytes = ManifestText.Write(manifest);
            if (kept.Manifests.TryGetValue(order, out (byte[] Bytes, long Written) earlier) && !earlier.Bytes.AsSpan().SequenceEqual(bytes))
            {
                throw StoreSentences.Renumbered(manifest);
            }

            kept.Manifests[order] = (bytes, ++_content.Now);
            Retain(claim, kept);
            return true;
        }, cancellation);
    }

    /// <inheritdoc/>
    public Task<FoundCheckpoint> FindAsync(string job, CancellationToken cancellation) => Do(() =>
    {
        List<string> passedOver = [];
        if (_content.Jobs.TryGetValue(job, out Kept? kept))
        {
            foreach ((ManifestOrder order, (byte[] bytes, _)) in kept.Manifests.Reverse())
            {
                (CheckpointManifest? manifest, string? mistake) = ManifestText.Read(bytes, job);
                mistake ??= manifest!.Parts.Select(part => MistakeOf(kept, part)).FirstOrDefault(one => one is not null);
                if (mistake is null)
                {
                    return new FoundCheckpoint(manifest, passedOver);
                }

                passedOver.Add(StoreSentences.PassedOver(Address, job, order, mistake));
            }
        }

        return new FoundCheckpoint(null, passedOver);
    }, cancellation);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> ReadAsync(string job, CheckpointPart part, CancellationToken cancellation) => Do(() =>
        _content.Jobs.TryGetValue(job, out Kept? kept) && Mistake(kept, part) is null
            ? new ReadOnlyMemory<byte>(kept.Parts[part.Path].Bytes)
            : throw StoreSentences.Damaged(Address, job, part, kept is null ? "is missing" : Mistake(kept, part)!), cancellation);

    /// <inheritdoc/>
    public Task<ITicketMark?> OpenMarkAsync(StoreClaim claim, CancellationToken cancellation) =>
        Do<ITicketMark?>(() => KeptOf(claim).Marks[claim.Generation] = new MemoryMark(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<long, long>> MarksAsync(string job, CancellationToken cancellation) =>
        Do<IReadOnlyDictionary<long, long>>(
            () => _content.Jobs.TryGetValue(job, out Kept? kept) ? kept.Marks.ToDictionary(one => one.Key, one => one.Value.Tickets) : [], cancellation);

    /// <inheritdoc/>
    public Task<string[]> JobsAsync(CancellationToken cancellation) =>
        Do(() => _content.Jobs.Keys.Order(StringComparer.Ordinal).ToArray(), cancellation);

    /// <summary>Changes a part's bytes, or with null removes it, behind the store's back; for tests of what happens then.</summary>
    internal void Rewrite(string job, CheckpointPart part, Func<byte[], byte[]?> change)
    {
        Dictionary<string, (byte[] Bytes, long Written)> parts = _content.Jobs[job].Parts;
        (byte[] bytes, long written) = parts[part.Path];
        if (change(bytes) is { } changed)
        {
            parts[part.Path] = (changed, written);
        }
        else
        {
            parts.Remove(part.Path);
        }
    }

    /// <summary>The parts that are there; for tests.</summary>
    internal string[] PartPaths(string job) => [.. _content.Jobs[job].Parts.Keys];

    private static string? Mistake(Kept kept, CheckpointPart part) =>
        kept.Parts.TryGetValue(part.Path, out (byte[] Bytes, long Written) found)
            ? StoreSentences.PartMistake(part, found.Bytes.Length, Crc32C.Of(found.Bytes))
            : "is missing";

    private static string? MistakeOf(Kept kept, CheckpointPart part) => Mistake(kept, part) is { } mistake ? $"its part {part.Name} {mistake}" : null;

    private void Retain(StoreClaim claim, Kept kept)
    {
        StoredManifest[] manifests =
        [
            .. kept.Manifests.Select(one =>
            {
                CheckpointManifest? manifest = ManifestText.Read(one.Value.Bytes, claim.Job).Manifest;
                bool isWhole = manifest is not null && manifest.Parts.All(part => Mistake(kept, part) is null);
                return new StoredManifest(one.Key, one.Value.Written, [.. manifest?.Parts.Select(part => part.Path) ?? []], isWhole);
            }),
        ];
        StoredPart[] parts = [.. kept.Parts.Select(one => new StoredPart(one.Key, StoreNames.GenerationOfPart(one.Key) ?? 0, one.Value.Written))];
        Retention plan = Retention.Plan(manifests, parts, _options.Keep, claim.Generation);
        foreach (ManifestOrder order in plan.Manifests)
        {
            kept.Manifests.Remove(order);
        }

        foreach (string path in plan.Parts)
        {
            kept.Parts.Remove(path);
        }
    }

    private Kept KeptOf(StoreClaim claim) => _content.Jobs.TryGetValue(claim.Job, out Kept? kept)
        ? kept
        : throw new CheckpointStoreException(StoreTrouble.Gone, $"{Address}: job '{claim.Job}' is not there any more.");

    private void ThrowIfOutclaimed(Kept kept, StoreClaim claim)
    {
        if (kept.Generation != claim.Generation)
        {
            throw StoreSentences.Outclaimed(Address, claim, $"life {kept.Generation} has claimed the job");
        }
    }

    private Task<T> Do<T>(Func<T> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            lock (_content)
            {
                return Task.FromResult(work());
            }
        }
        catch (CheckpointStoreException error)
        {
            return Task.FromException<T>(error);
        }
    }

    private sealed class Content
    {
        public Dictionary<string, Kept> Jobs { get; } = new(StringComparer.Ordinal);

        // Counts what was written: the store's time.
        public long Now { get; set; }
    }

    private sealed class Kept
    {
        public long Generation { get; set; }

        public SortedDictionary<ManifestOrder, (byte[] Bytes, long Written)> Manifests { get; } = [];

        public Dictionary<string, (byte[] Bytes, long Written)> Parts { get; } = new(StringComparer.Ordinal);

        public Dictionary<long, MemoryMark> Marks { get; } = [];
    }

    private sealed class MemoryMark : ITicketMark
    {
        private long _tickets;

        public long Tickets => Volatile.Read(ref _tickets);

        public void Set(long tickets) => Volatile.Write(ref _tickets, tickets);

        public void Dispose()
        {
            // What it says stays, as a file would.
        }
    }
}
