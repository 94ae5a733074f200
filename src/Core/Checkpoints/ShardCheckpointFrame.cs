using System.Buffers.Binary;
using System.Runtime.InteropServices;
using OrleansSgd.Core.Consistency;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Checkpoints;

/// <summary>The bytes of one <see cref="ShardCheckpoint"/>: a header of 56 bytes, exceptions, worker rows, the slice, a checksum.</summary>
/// <remarks>
/// <para>Little-endian. The header has a checksum of its own, so that no size is believed before it is known to be what was written; the last four bytes
/// are one over everything before them. docs/checkpoint-format.md has the table and the golden bytes; change both together.</para>
/// <para>Written in one pass from the shard's own memory: the bytes are the only copy that is made of the slice.</para>
/// </remarks>
public static class ShardCheckpointFrame
{
    /// <summary>Bytes before the exceptions.</summary>
    public const int HeaderSize = 56;

    /// <summary>Bytes of one <see cref="WorkerRow"/>.</summary>
    public const int RowSize = 16;

    private const uint Magic = 0x4353534F; // "OSSC"
    private const ushort Layout = 1;
    private const string Name = "Shard checkpoint";
    private const int LayoutOffset = 4;
    private const int FlagsOffset = 6;
    private const int ShardOffset = 8;
    private const int IncarnationOffset = 12;
    private const int VersionOffset = 16;
    private const int TicketOffset = 24;
    private const int WatermarkOffset = 32;
    private const int ExceptionCountOffset = 40;
    private const int WorkerCountOffset = 44;
    private const int LengthOffset = 48;
    private const int HeaderChecksumOffset = 52;

    /// <summary>Bytes of the whole part.</summary>
    /// <exception cref="OverflowException">More than an array holds.</exception>
    public static int SizeOf(int exceptionCount, int workerCount, int length) => checked((int)SizeOfAny(exceptionCount, workerCount, length));

    /// <summary>Writes one part.</summary>
    /// <param name="bytes">Exactly <see cref="SizeOf"/> bytes.</param>
    /// <param name="header">The numbers.</param>
    /// <param name="exceptions">Settled tickets above the watermark, strictly ascending.</param>
    /// <param name="workers">Strictly ascending by worker.</param>
    /// <param name="slice">x at the ticket, [shard length].</param>
    /// <exception cref="ArgumentException">Wrong room, or something that no reader would accept. Nothing was written.</exception>
    public static void Write(
        Span<byte> bytes, in ShardCheckpointHeader header, ReadOnlySpan<long> exceptions, ReadOnlySpan<WorkerRow> workers, ReadOnlySpan<float> slice)
    {
        int size = SizeOf(exceptions.Length, workers.Length, slice.Length);
        if (bytes.Length != size)
        {
            throw new ArgumentException($"Room for the shard checkpoint is {bytes.Length} bytes; it takes exactly {size}.", nameof(bytes));
        }

        string? mistake = HeaderMistake(header, slice.Length) ?? ExceptionMistake(header.Watermark, exceptions) ?? RowMistake(workers);
        if (mistake is not null)
        {
            throw new ArgumentException($"{Name}: {mistake}.", nameof(header));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[LayoutOffset..], Layout);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[FlagsOffset..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[ShardOffset..], header.Shard);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[IncarnationOffset..], header.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[VersionOffset..], header.Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[TicketOffset..], header.Ticket);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[WatermarkOffset..], header.Watermark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[ExceptionCountOffset..], exceptions.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[WorkerCountOffset..], workers.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[LengthOffset..], slice.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[HeaderChecksumOffset..], Crc32C.Of(bytes[..HeaderChecksumOffset]));

        exceptions.CopyTo(LittleEndian.Longs(bytes.Slice(HeaderSize, exceptions.Length * sizeof(long))));
        Span<byte> rows = bytes.Slice(HeaderSize + exceptions.Length * sizeof(long), workers.Length * RowSize);
        WriteRows(rows, workers);
        slice.CopyTo(LittleEndian.Floats(bytes.Slice(size - sizeof(uint) - slice.Length * sizeof(float), slice.Length * sizeof(float))));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[^sizeof(uint)..], Crc32C.Of(bytes[..^sizeof(uint)]));
    }

    /// <summary>Reads one part after checking all of it.</summary>
    /// <exception cref="InvalidDataException">Damaged, cut short, of another layout or with a field out of range; the message says which.</exception>
    public static ShardCheckpoint Read(ReadOnlySpan<byte> bytes)
    {
        CheckStart(bytes);
        ShardCheckpointHeader header = new(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[ShardOffset..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[IncarnationOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[VersionOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[TicketOffset..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[WatermarkOffset..]));
        int exceptionCount = BinaryPrimitives.ReadInt32LittleEndian(bytes[ExceptionCountOffset..]);
        int workerCount = BinaryPrimitives.ReadInt32LittleEndian(bytes[WorkerCountOffset..]);
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthOffset..]);
        Refuse(
            FrameFields.BelowMistake(exceptionCount, 0, "exceptionCount", ExceptionCountOffset)
            ?? FrameFields.BelowMistake(workerCount, 0, "workerCount", WorkerCountOffset)
            ?? HeaderMistake(header, length));

        long size = SizeOfAny(exceptionCount, workerCount, length);
        if (bytes.Length != size)
        {
            throw new InvalidDataException(
                $"{Name} has {bytes.Length} bytes, but {exceptionCount} exceptions, {workerCount} workers and {length} coordinates take {size}; " +
                (bytes.Length < size ? "it was cut short." : "something was added."));
        }

        CheckEnd(bytes);
        ReadOnlySpan<byte> body = bytes[HeaderSize..^sizeof(uint)];
        ReadOnlySpan<long> exceptions = LittleEndian.Longs(body[..(exceptionCount * sizeof(long))]);
        body = body[(exceptionCount * sizeof(long))..];
        WorkerRow[] workers = ReadRows(body[..(workerCount * RowSize)]);
        Refuse(ExceptionMistake(header.Watermark, exceptions) ?? RowMistake(workers));

        float[] slice = GC.AllocateUninitializedArray<float>(length);
        body[(workerCount * RowSize)..].CopyTo(MemoryMarshal.AsBytes(slice.AsSpan()));
        return new(header, exceptions.ToArray(), workers, slice);
    }

    private static void CheckStart(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize + sizeof(uint))
        {
            throw new InvalidDataException($"{Name} has {bytes.Length} bytes, but header and checksum take {HeaderSize + sizeof(uint)}; it was cut short.");
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (magic != Magic)
        {
            throw new InvalidDataException($"{Name}: magic at byte 0 is {magic:X8}, expected {Magic:X8}; these bytes are something else.");
        }

        ushort layout = BinaryPrimitives.ReadUInt16LittleEndian(bytes[LayoutOffset..]);
        if (layout != Layout)
        {
            throw new InvalidDataException(
                $"{Name}: layout at byte {LayoutOffset} is {layout}, but this build reads {Layout}; resume with the version that wrote it.");
        }

        uint expected = Crc32C.Of(bytes[..HeaderChecksumOffset]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeaderChecksumOffset..]);
        if (checksum != expected)
        {
            throw new InvalidDataException(
                $"{Name}: header checksum at byte {HeaderChecksumOffset} is {checksum:X8}, expected {expected:X8}; the header is damaged.");
        }

        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[FlagsOffset..]);
        Refuse(flags == 0 ? null : $"flags at byte {FlagsOffset} are {flags}, but this build knows none");
    }

    private static void CheckEnd(ReadOnlySpan<byte> bytes)
    {
        uint expected = Crc32C.Of(bytes[..^sizeof(uint)]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]);
        if (checksum != expected)
        {
            throw new InvalidDataException(
                $"{Name}: checksum at byte {bytes.Length - sizeof(uint)} is {checksum:X8}, expected {expected:X8}; the body is damaged.");
        }
    }

    private static string? HeaderMistake(in ShardCheckpointHeader header, int length) =>
        FrameFields.BelowMistake(header.Shard, 0, "shard", ShardOffset)
        ?? FrameFields.BelowMistake(header.Incarnation, 1, "incarnation", IncarnationOffset)
        ?? FrameFields.BelowMistake(header.Version, 0, "version", VersionOffset)
        ?? FrameFields.BelowMistake(header.Ticket, 0, "ticket", TicketOffset)
        ?? FrameFields.BelowMistake(header.Watermark, 0, "watermark", WatermarkOffset)
        ?? FrameFields.BelowMistake(length, 1, "length", LengthOffset);

    private static string? ExceptionMistake(long watermark, ReadOnlySpan<long> exceptions)
    {
        long last = watermark;
        for (int i = 0; i < exceptions.Length; i++)
        {
            if (exceptions[i] <= last || exceptions[i] - watermark >= TicketSet.ReachMax)
            {
                return $"exception {i} is ticket {exceptions[i]} after {last}; they rise strictly from the watermark {watermark}, " +
                    $"and stay within {TicketSet.ReachMax - 1} of it";
            }

            last = exceptions[i];
        }

        return null;
    }

    private static string? RowMistake(ReadOnlySpan<WorkerRow> workers)
    {
        int last = -1;
        for (int i = 0; i < workers.Length; i++)
        {
            WorkerRow row = workers[i];
            if (row.Worker <= last)
            {
                return $"row {i} is of worker {row.Worker} after worker {last}; they rise strictly from 0";
            }

            if (row.Incarnation < 0 || row.Sequence < -1)
            {
                return $"row {i} says life {row.Incarnation}, sequence {row.Sequence} of worker {row.Worker}; the least are 0 and -1";
            }

            last = row.Worker;
        }

        return null;
    }

    private static void WriteRows(Span<byte> rows, ReadOnlySpan<WorkerRow> workers)
    {
        foreach (WorkerRow row in workers)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rows, row.Worker);
            BinaryPrimitives.WriteInt32LittleEndian(rows[4..], row.Incarnation);
            BinaryPrimitives.WriteInt64LittleEndian(rows[8..], row.Sequence);
            rows = rows[RowSize..];
        }
    }

    private static WorkerRow[] ReadRows(ReadOnlySpan<byte> rows)
    {
        WorkerRow[] workers = new WorkerRow[rows.Length / RowSize];
        for (int i = 0; i < workers.Length; i++)
        {
            ReadOnlySpan<byte> row = rows.Slice(i * RowSize, RowSize);
            workers[i] = new(
                BinaryPrimitives.ReadInt32LittleEndian(row),
                BinaryPrimitives.ReadInt32LittleEndian(row[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(row[8..]));
        }

        return workers;
    }

    private static void Refuse(string? mistake)
    {
        if (mistake is not null)
        {
            throw new InvalidDataException($"{Name}: {mistake}; the part is damaged, use an older checkpoint.");
        }
    }

    private static long SizeOfAny(long exceptionCount, long workerCount, long length) =>
        HeaderSize + exceptionCount * sizeof(long) + workerCount * RowSize + length * sizeof(float) + sizeof(uint);
}
