using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>A checkpoint as it was read, and the claim under which the job goes on from it.</summary>
internal sealed record Resumption(StoreClaim Claim, CheckpointManifest Manifest, SavedJob? Saved, LedgerPiece[] Log, ShardCheckpoint[] Shards)
{
    /// <summary>What a part of the log is called; its offset follows.</summary>
    public const string LogPrefix = "ledger-";

    /// <summary>What a shard's part is called; its number and the checkpoint's follow.</summary>
    public const string ShardPrefix = "shard-";

    /// <summary>The coordinator that goes on.</summary>
    public SavedRun Run => Saved?.Run ?? SavedRun.Nothing;

    /// <summary>Every resumption so far, this one too.</summary>
    public LogCut[] LogCuts => Saved is null ? []
        : [.. Saved.LogCuts, new LogCut(Saved.LogMark, LogEnd, Saved.Run.Ticket, [.. Saved.Run.Facts.Select(fact => fact.Ticket)])];

    /// <summary>Where the log goes on.</summary>
    public long LogEnd => Log is [.., var last] ? last.End : 0;

    /// <summary>Reads every part.</summary>
    /// <exception cref="CheckpointStoreException">The store has trouble, or a part is damaged.</exception>
    /// <exception cref="InvalidDataException">A part is whole, but not what its name says.</exception>
    public static async Task<Resumption> ReadAsync(
        ICheckpointStore store, StoreClaim claim, CheckpointManifest manifest, CancellationToken cancellation)
    {
        SavedJob? saved = null;
        var log = new List<LedgerPiece>();
        var shards = new List<ShardCheckpoint>();
        foreach (CheckpointPart part in manifest.Parts)
        {
            ReadOnlyMemory<byte> bytes = await store.ReadAsync(manifest.Job, part, cancellation);
            if (part.Name.StartsWith(SavedJob.PartPrefix, StringComparison.Ordinal))
            {
                saved = SavedJob.Read(bytes.Span);
            }
            else if (part.Name.StartsWith(LogPrefix, StringComparison.Ordinal)
                && long.TryParse(part.Name.AsSpan(LogPrefix.Length), out long start))
            {
                log.Add(LedgerPiece.Unpack(start, bytes.Span));
            }
            else if (part.Name.StartsWith(ShardPrefix, StringComparison.Ordinal))
            {
                shards.Add(ShardCheckpoint.Read(bytes.Span));
            }
        }

        log.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        shards.Sort(static (a, b) => a.Header.Shard.CompareTo(b.Header.Shard));
        var read = new Resumption(claim, manifest, saved, [.. log], [.. shards]);
        return read.Mistake() is { } mistake
            ? throw new InvalidDataException($"Checkpoint {manifest.Number} of job {manifest.Job} contradicts itself: {mistake}.")
            : read;
    }

    /// <summary>The model as it was; null before the first ticket.</summary>
    public ModelSnapshot? Snapshot(Core.Vectors.ShardMap map)
    {
        if (Shards.Length == 0)
        {
            return null;
        }

        var snapshot = new ModelSnapshot(map);
        foreach (ShardCheckpoint shard in Shards)
        {
            snapshot.Take(shard.Header.Shard, shard.Slice, shard.Header.Version, shard.Header.Incarnation, shard.Settled());
        }

        return snapshot;
    }

    /// <summary>What does not fit the job as its plan and its data make it; null when all does.</summary>
    public string? MisfitWith(string shape, Core.Vectors.ShardMap map)
    {
        if (Saved is null)
        {
            return null;
        }

        bool isOfMap = Shards.Length == map.Count && Shards.Index().All(one => one.Item.Slice.Length == map[one.Index].Length);
        return Manifest.Shape == shape && isOfMap ? null
            : $"Checkpoint {Manifest.Number} of job {Manifest.Job} is of another model: it has {Manifest.Shape}, but the job's plan and data make {shape}. "
                + "Bring back the data set and the build it was written with.";
    }

    private string? Mistake()
    {
        long end = 0;
        foreach (LedgerPiece piece in Log)
        {
            if (piece.Start != end)
            {
                return $"its ledger goes on at byte {piece.Start}, but ends at {end}";
            }

            end = piece.End;
        }

        return Saved is null ? (Manifest.Ticket == 0 ? null : $"it is at ticket {Manifest.Ticket} and has no part {SavedJob.PartPrefix}…")
            : Saved.Run.Ticket != Manifest.Ticket ? $"its job is at ticket {Saved.Run.Ticket}, its manifest at {Manifest.Ticket}"
            : Saved.LogMark > end ? $"its ledger ends at byte {end}, before its mark {Saved.LogMark}"
            : Shards.Index().Any(one => one.Item.Header.Shard != one.Index || one.Item.Header.Ticket != Manifest.Ticket)
                ? "a shard is missing, doubled or at another ticket"
            : null;
    }
}
