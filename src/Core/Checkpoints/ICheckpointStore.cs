namespace OrleansSgd.Core.Checkpoints;

/// <summary>Where jobs keep what must outlive every silo: parts that are written first, and a manifest that makes them count.</summary>
/// <remarks>
/// <para>A checkpoint exists once its manifest is published, and publishing is atomic: a reader sees all of it or none. Parts are written before, by
/// whoever has them, and belong to nothing until then.</para>
/// <para>One life of a job's coordinator claims the job; what an earlier life publishes or ends afterwards is refused
/// (<see cref="StoreTrouble.Outclaimed"/>), so a process that was only thought dead overwrites nothing.</para>
/// <para>Every method throws <see cref="CheckpointStoreException"/> for trouble with the store, and only for that.</para>
/// </remarks>
public interface ICheckpointStore
{
    /// <summary>Where it is, as a user wrote it, without secrets.</summary>
    string Address { get; }

    /// <summary>Takes the job over: the generation is higher than any before, across all processes that share the store.</summary>
    /// <remarks>
    /// Where the store can tell that the process with the last claim still runs, another process is refused (<see cref="StoreTrouble.Held"/>).
    /// </remarks>
    Task<StoreClaim> ClaimAsync(string job, CancellationToken cancellation);

    /// <summary>Writes one part; it is durable when the task completes.</summary>
    /// <param name="claim">For whom.</param>
    /// <param name="name">Names the part; letters, digits, '-', '_' and '.'. Written twice under one claim, the later one counts.</param>
    /// <param name="bytes">Not changed before the task completes.</param>
    Task<CheckpointPart> WriteAsync(StoreClaim claim, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Lets another process claim the job; this one publishes nothing more. What it published stays.</summary>
    /// <remarks>For a coordinator that moves to another process. A process that ends lets go of its claims by ending, however it ends.</remarks>
    Task ReleaseAsync(StoreClaim claim, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Makes a checkpoint count, atomically, and lets go of older ones and of parts that no kept manifest names.</summary>
    /// <remarks>
    /// Every part it names must have been written. A part that no manifest names is kept until it is older than the manifest before this one, so
    /// that the parts of the next checkpoint may be written meanwhile. An outcome in the manifest releases the claim.
    /// </remarks>
    Task PublishAsync(StoreClaim claim, CheckpointManifest manifest, CancellationToken cancellation);

    /// <summary>The newest checkpoint of which every part is there and whole.</summary>
    /// <returns>Its manifest, null when there is none, and one sentence for each newer one that was passed over.</returns>
    /// <remarks>
    /// Reads every part that it answers for. No manifest but something passed over is not a fresh start: the job was there, and nothing of it is whole.
    /// </remarks>
    Task<FoundCheckpoint> FindAsync(string job, CancellationToken cancellation);

    /// <summary>Reads one part and compares its checksum.</summary>
    Task<ReadOnlyMemory<byte>> ReadAsync(string job, CheckpointPart part, CancellationToken cancellation);

    /// <summary>Opens the mark of a claim's life, at 0; null where the store has none, as one behind a network.</summary>
    Task<ITicketMark?> OpenMarkAsync(StoreClaim claim, CancellationToken cancellation) => Task.FromResult<ITicketMark?>(null);

    /// <summary>What is left of the marks of a job's lives, by generation: at least those since the newest checkpoint but one.</summary>
    Task<IReadOnlyDictionary<long, long>> MarksAsync(string job, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<long, long>>(new Dictionary<long, long>());

    /// <summary>The jobs that have anything here, sorted.</summary>
    Task<string[]> JobsAsync(CancellationToken cancellation);
}

/// <summary>The right of one life of a coordinator to publish.</summary>
/// <param name="Job">The job.</param>
/// <param name="Generation">Rises with each claim of the job; 1 or more.</param>
/// <param name="Token">What the store recognises the claim by; travels to the silos that write parts.</param>
public sealed record StoreClaim(string Job, long Generation, string Token);

/// <summary>One part of a checkpoint, as a manifest names it.</summary>
/// <param name="Name">As it was written.</param>
/// <param name="Path">Where the store put it, below the job.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Checksum">CRC-32C of the bytes.</param>
public sealed record CheckpointPart(string Name, string Path, long Length, uint Checksum);

/// <summary>What <see cref="ICheckpointStore.FindAsync"/> found.</summary>
/// <param name="Manifest">The newest whole one; null for none.</param>
/// <param name="PassedOver">One sentence for each newer one that is damaged, incomplete or foreign.</param>
public sealed record FoundCheckpoint(CheckpointManifest? Manifest, IReadOnlyList<string> PassedOver);
