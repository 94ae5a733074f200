using OrleansSgd.Core.Consistency;

namespace OrleansSgd.Core.Checkpoints;

/// <summary>One shard as a checkpoint has it: its slice at a ticket, and what it needs to apply every later update exactly once.</summary>
/// <remarks>Read from the bytes that <see cref="ShardCheckpointFrame"/> lays out. The arrays are the reader's to keep.</remarks>
public sealed class ShardCheckpoint
{
    /// <param name="header">The numbers.</param>
    /// <param name="exceptions">Settled tickets above the watermark, strictly ascending.</param>
    /// <param name="workers">The last update applied of each worker, ascending by worker.</param>
    /// <param name="slice">x at the ticket, [shard length].</param>
    public ShardCheckpoint(in ShardCheckpointHeader header, long[] exceptions, WorkerRow[] workers, float[] slice)
    {
        ArgumentNullException.ThrowIfNull(exceptions);
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentNullException.ThrowIfNull(slice);
        Header = header;
        Exceptions = exceptions;
        Workers = workers;
        Slice = slice;
    }

    /// <summary>Its numbers.</summary>
    public ShardCheckpointHeader Header { get; }

    /// <summary>Settled tickets above the watermark, strictly ascending; empty at a cut where every ticket given is settled.</summary>
    public long[] Exceptions { get; }

    /// <summary>What was applied of each worker last, ascending by worker.</summary>
    public WorkerRow[] Workers { get; }

    /// <summary>x at the ticket, [shard length].</summary>
    public float[] Slice { get; }

    /// <summary>The tickets that are in the slice, or void.</summary>
    public TicketSet Settled()
    {
        TicketSet settled = new();
        settled.Load(Header.Watermark, Exceptions);
        return settled;
    }

    /// <summary>Reads and checks one part, all of it.</summary>
    /// <inheritdoc cref="ShardCheckpointFrame.Read" path="/exception"/>
    public static ShardCheckpoint Read(ReadOnlySpan<byte> bytes) => ShardCheckpointFrame.Read(bytes);

    /// <summary>Writes it into an array of its own.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(ShardCheckpointFrame.SizeOf(Exceptions.Length, Workers.Length, Slice.Length));
        ShardCheckpointFrame.Write(bytes, Header, Exceptions, Workers, Slice);
        return bytes;
    }
}

/// <summary>The numbers of one <see cref="ShardCheckpoint"/>.</summary>
/// <param name="Shard">Number of the shard in its job; 0 or more.</param>
/// <param name="Incarnation">The life that wrote it; 1 or more.</param>
/// <param name="Version">Updates the slice contains; in a synchronous run, rounds.</param>
/// <param name="Ticket">The cut: everything below it is in the slice or void, and nothing else.</param>
/// <param name="Watermark">Every ticket below it is settled; at a cut, the ticket itself.</param>
public readonly record struct ShardCheckpointHeader(int Shard, int Incarnation, long Version, long Ticket, long Watermark);

/// <summary>The last update of one worker that a shard applied: the record by which it knows a repeated push.</summary>
/// <param name="Worker">Index of the worker; 0 or more.</param>
/// <param name="Incarnation">Its newest life that the shard knows; older ones are fenced.</param>
/// <param name="Sequence">The last sequence of that life that was applied; −1 for none.</param>
public readonly record struct WorkerRow(int Worker, int Incarnation, long Sequence);
