using System.Buffers.Binary;
using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Consistency.Ledger;

/// <summary>The bytes of one <see cref="TicketRecord"/>: a header of 160 bytes, a row per shard, exceptions, sketches.</summary>
/// <remarks>
/// <para>Little-endian. Two checksums: one over everything behind the header, one over the header, which contains the first.</para>
/// <para>docs/theory.md has the table and the golden bytes; change both together. A frame is exactly its parts: slice a
/// pooled buffer before reading.</para>
/// </remarks>
public static class LedgerFrame
{
    /// <summary>Bytes before the first row.</summary>
    public const int HeaderSize = 160;

    /// <summary>Bytes of one shard's row.</summary>
    public const int RowSize = 64;

    private const uint Magic = 0x524C534F; // "OSLR"
    private const ushort Layout = 2;
    private const int FlagsOffset = 6;
    private const int WorkerOffset = 8;
    private const int IncarnationOffset = 12;
    private const int TicketOffset = 16;
    private const int RoundTicketOffset = 24;
    private const int SlotCountOffset = 32;
    private const int ShardCountOffset = 36;
    private const int RateOffset = 40;
    private const int SampleCountOffset = 48;
    private const int SketchWidthOffset = 52;
    private const int LossSumOffset = 56;
    private const int ResidualOffset = 64;
    private const int GammaOffset = 72;
    private const int DroppedOffset = 80;
    private const int HalfBatchOffset = 88;
    private const int GradientOffset = 96;
    private const int SketchSeedOffset = 104;
    private const int ExceptionCountOffset = 112;
    private const int StepCountOffset = 116;
    private const int LocalDistanceOffset = 120;
    private const int SecantGradientOffset = 128;
    private const int SecantDistanceOffset = 136;
    private const int GradientSecondsOffset = 144;
    private const int BodyChecksumOffset = 152;

    private const ushort SketchesFlag = 1;
    private const ushort ResidualSketchesFlag = 2;
    private const ushort CarriedFlag = 4;
    private const ushort PartialFlag = 8;
    private const ushort KnownFlags = SketchesFlag | ResidualSketchesFlag | CarriedFlag | PartialFlag;

    /// <summary>Bytes that the record takes.</summary>
    public static int SizeOf(TicketRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return checked((int)SizeOf(record.ShardCount, record.ExceptionCount, record.AllSketches.Length));
    }

    /// <summary>Writes the record.</summary>
    /// <param name="frame">Exactly <see cref="SizeOf(TicketRecord)"/> bytes.</param>
    /// <exception cref="ArgumentException">Wrong room, or a record that no reader would accept. Nothing was written.</exception>
    public static void Write(TicketRecord record, Span<byte> frame)
    {
        int size = SizeOf(record);
        if (record.ShardCount == 0 || record.Mistake() is not null)
        {
            throw new ArgumentException($"Ledger record: {(record.ShardCount == 0 ? "it was never begun" : record.Mistake())}.", nameof(record));
        }

        if (frame.Length != size)
        {
            throw new ArgumentException($"Room for the ledger frame is {frame.Length} bytes; it takes {size}.", nameof(frame));
        }

        Span<byte> header = FrameFields.Open(frame, HeaderSize, Magic, Layout);
        WriteBody(record, frame[HeaderSize..]);
        int flags = (record.SketchWidth > 0 ? SketchesFlag : 0) | (record.HasResidualSketches ? ResidualSketchesFlag : 0)
            | (record.ResidualCarried ? CarriedFlag : 0) | (record.IsPartial ? PartialFlag : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header[FlagsOffset..], (ushort)flags);
        BinaryPrimitives.WriteInt32LittleEndian(header[WorkerOffset..], record.Worker);
        BinaryPrimitives.WriteInt32LittleEndian(header[IncarnationOffset..], record.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(header[TicketOffset..], record.Ticket);
        BinaryPrimitives.WriteInt64LittleEndian(header[RoundTicketOffset..], record.RoundTicket);
        BinaryPrimitives.WriteInt32LittleEndian(header[SlotCountOffset..], record.SlotCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[ShardCountOffset..], record.ShardCount);
        BinaryPrimitives.WriteDoubleLittleEndian(header[RateOffset..], record.Rate);
        BinaryPrimitives.WriteInt32LittleEndian(header[SampleCountOffset..], record.SampleCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[SketchWidthOffset..], record.SketchWidth);
        BinaryPrimitives.WriteDoubleLittleEndian(header[LossSumOffset..], record.LossSum);
        BinaryPrimitives.WriteDoubleLittleEndian(header[ResidualOffset..], record.ResidualNormSquared);
        BinaryPrimitives.WriteDoubleLittleEndian(header[GammaOffset..], record.Gamma);
        BinaryPrimitives.WriteDoubleLittleEndian(header[DroppedOffset..], record.DroppedNormSquared);
        BinaryPrimitives.WriteDoubleLittleEndian(header[HalfBatchOffset..], record.HalfBatchDifferenceSquared);
        BinaryPrimitives.WriteDoubleLittleEndian(header[GradientOffset..], record.GradientNormSquared);
        BinaryPrimitives.WriteUInt64LittleEndian(header[SketchSeedOffset..], record.SketchSeed);
        BinaryPrimitives.WriteInt32LittleEndian(header[ExceptionCountOffset..], record.ExceptionCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[StepCountOffset..], record.StepCount);
        BinaryPrimitives.WriteDoubleLittleEndian(header[LocalDistanceOffset..], record.LocalDistance);
        BinaryPrimitives.WriteDoubleLittleEndian(header[SecantGradientOffset..], record.SecantGradient);
        BinaryPrimitives.WriteDoubleLittleEndian(header[SecantDistanceOffset..], record.SecantDistance);
        BinaryPrimitives.WriteDoubleLittleEndian(header[GradientSecondsOffset..], record.GradientSeconds);
        BinaryPrimitives.WriteUInt32LittleEndian(header[BodyChecksumOffset..], FrameFields.Checksum(frame[HeaderSize..]));
        FrameFields.Seal(header);
    }

    /// <summary>Reads a frame into <paramref name="record"/>, whose buffers are reused.</summary>
    /// <exception cref="InvalidDataException">
    /// Damaged, cut short, of another layout or with a field out of range; the message says which. The record may have changed.
    /// </exception>
    public static void Read(ReadOnlySpan<byte> frame, TicketRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        ReadOnlySpan<byte> header = FrameFields.Check(frame, HeaderSize, Magic, "Ledger", Layout);
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(header[FlagsOffset..]);
        int shardCount = BinaryPrimitives.ReadInt32LittleEndian(header[ShardCountOffset..]);
        int sketchWidth = BinaryPrimitives.ReadInt32LittleEndian(header[SketchWidthOffset..]);
        int exceptionCount = BinaryPrimitives.ReadInt32LittleEndian(header[ExceptionCountOffset..]);
        bool residualSketches = (flags & ResidualSketchesFlag) != 0;
        if (SizeMistake(flags, shardCount, sketchWidth, exceptionCount) is { } wrong)
        {
            throw Damaged(wrong);
        }

        long size = SizeOf(shardCount, exceptionCount, (long)shardCount * sketchWidth * (residualSketches ? 2 : 1));
        if (frame.Length != size)
        {
            throw Damaged($"it has {frame.Length} bytes, but its counts make {size}; it was {(frame.Length < size ? "cut short" : "not sliced to its size")}");
        }

        ReadOnlySpan<byte> body = frame[HeaderSize..];
        uint checksum = FrameFields.Checksum(body);
        uint checksumRead = BinaryPrimitives.ReadUInt32LittleEndian(header[BodyChecksumOffset..]);
        if (checksum != checksumRead)
        {
            throw Damaged($"body checksum at byte {BodyChecksumOffset} is {checksumRead:X8}, expected {checksum:X8}; the rows are damaged");
        }

        record.Begin(shardCount, sketchWidth, residualSketches);
        record.ResidualCarried = (flags & CarriedFlag) != 0;
        record.Worker = BinaryPrimitives.ReadInt32LittleEndian(header[WorkerOffset..]);
        record.Incarnation = BinaryPrimitives.ReadInt32LittleEndian(header[IncarnationOffset..]);
        record.Ticket = BinaryPrimitives.ReadInt64LittleEndian(header[TicketOffset..]);
        record.RoundTicket = BinaryPrimitives.ReadInt64LittleEndian(header[RoundTicketOffset..]);
        record.SlotCount = BinaryPrimitives.ReadInt32LittleEndian(header[SlotCountOffset..]);
        record.Rate = BinaryPrimitives.ReadDoubleLittleEndian(header[RateOffset..]);
        record.SampleCount = BinaryPrimitives.ReadInt32LittleEndian(header[SampleCountOffset..]);
        record.LossSum = BinaryPrimitives.ReadDoubleLittleEndian(header[LossSumOffset..]);
        record.ResidualNormSquared = BinaryPrimitives.ReadDoubleLittleEndian(header[ResidualOffset..]);
        record.Gamma = BinaryPrimitives.ReadDoubleLittleEndian(header[GammaOffset..]);
        record.DroppedNormSquared = BinaryPrimitives.ReadDoubleLittleEndian(header[DroppedOffset..]);
        record.HalfBatchDifferenceSquared = BinaryPrimitives.ReadDoubleLittleEndian(header[HalfBatchOffset..]);
        record.GradientNormSquared = BinaryPrimitives.ReadDoubleLittleEndian(header[GradientOffset..]);
        record.SketchSeed = BinaryPrimitives.ReadUInt64LittleEndian(header[SketchSeedOffset..]);
        record.StepCount = BinaryPrimitives.ReadInt32LittleEndian(header[StepCountOffset..]);
        record.LocalDistance = BinaryPrimitives.ReadDoubleLittleEndian(header[LocalDistanceOffset..]);
        record.IsPartial = (flags & PartialFlag) != 0;
        record.SecantGradient = BinaryPrimitives.ReadDoubleLittleEndian(header[SecantGradientOffset..]);
        record.SecantDistance = BinaryPrimitives.ReadDoubleLittleEndian(header[SecantDistanceOffset..]);
        record.GradientSeconds = BinaryPrimitives.ReadDoubleLittleEndian(header[GradientSecondsOffset..]);
        ReadBody(body, exceptionCount, record);
        if (record.Mistake() is { } mistake)
        {
            throw Damaged(mistake);
        }
    }

    private static void WriteBody(TicketRecord record, Span<byte> body)
    {
        Span<byte> rest = body[(record.ShardCount * RowSize)..];
        for (int shard = 0; shard < record.ShardCount; shard++)
        {
            ref readonly SliceRecord slice = ref record.Slices[shard];
            Span<byte> row = body.Slice(shard * RowSize, RowSize);
            row.Clear();
            BinaryPrimitives.WriteDoubleLittleEndian(row, slice.NormSquared);
            BinaryPrimitives.WriteInt64LittleEndian(row[8..], slice.ViewWatermark);
            BinaryPrimitives.WriteInt32LittleEndian(row[16..], slice.ViewIncarnation);
            BinaryPrimitives.WriteInt32LittleEndian(row[20..], slice.ExceptionCount);
            row[24] = (byte)slice.State;
            BinaryPrimitives.WriteInt64LittleEndian(row[32..], slice.ViewVersion);
            BinaryPrimitives.WriteDoubleLittleEndian(row[40..], slice.Projection);
            BinaryPrimitives.WriteDoubleLittleEndian(row[48..], slice.SubstituteNormSquared);
            BinaryPrimitives.WriteDoubleLittleEndian(row[56..], slice.ViewErrorSquared);
            foreach (long ticket in record.Exceptions(shard))
            {
                BinaryPrimitives.WriteInt64LittleEndian(rest, ticket);
                rest = rest[sizeof(long)..];
            }
        }

        record.AllSketches.CopyTo(LittleEndian.Floats(rest));
    }

    private static void ReadBody(ReadOnlySpan<byte> body, int exceptionCount, TicketRecord record)
    {
        int rowsSize = record.ShardCount * RowSize;
        ReadOnlySpan<long> exceptions = LittleEndian.Longs(body.Slice(rowsSize, exceptionCount * sizeof(long)));
        for (int shard = 0; shard < record.ShardCount; shard++)
        {
            ReadOnlySpan<byte> row = body.Slice(shard * RowSize, RowSize);
            int at = HeaderSize + (shard * RowSize);
            long watermark = BinaryPrimitives.ReadInt64LittleEndian(row[8..]);
            int incarnation = BinaryPrimitives.ReadInt32LittleEndian(row[16..]);
            int count = BinaryPrimitives.ReadInt32LittleEndian(row[20..]);
            if (watermark < 0 || incarnation < 0)
            {
                throw Damaged($"watermark {watermark} or incarnation {incarnation} of shard {shard}, row at byte {at}, is negative");
            }

            if (count < 0 || count > exceptions.Length)
            {
                throw Damaged($"shard {shard}, row at byte {at}, lists {count} exceptions, but {exceptions.Length} of {exceptionCount} are left");
            }

            if (row[25..32].ContainsAnyExcept((byte)0))
            {
                throw Damaged($"padding of shard {shard}, row at byte {at}, is not 0");
            }

            if (TicketRecord.MistakeIn(watermark, exceptions[..count]) is { } mistake)
            {
                throw Damaged($"shard {shard}, row at byte {at}: {mistake}");
            }

            record.SetView(shard, incarnation, watermark, exceptions[..count]);
            exceptions = exceptions[count..];
            ref SliceRecord slice = ref record.Slices[shard];
            slice.NormSquared = BinaryPrimitives.ReadDoubleLittleEndian(row);
            slice.State = (SliceState)row[24];
            slice.ViewVersion = BinaryPrimitives.ReadInt64LittleEndian(row[32..]);
            slice.Projection = BinaryPrimitives.ReadDoubleLittleEndian(row[40..]);
            slice.SubstituteNormSquared = BinaryPrimitives.ReadDoubleLittleEndian(row[48..]);
            slice.ViewErrorSquared = BinaryPrimitives.ReadDoubleLittleEndian(row[56..]);
        }

        if (!exceptions.IsEmpty)
        {
            throw Damaged($"{exceptions.Length} of {exceptionCount} exceptions belong to no shard");
        }

        ReadOnlySpan<float> sketches = LittleEndian.Floats(body[(rowsSize + (exceptionCount * sizeof(long)))..]);
        int wrong = FloatBits.IndexOfNonFinite(sketches);
        if (wrong >= 0)
        {
            throw Damaged($"counter {wrong} of the sketches is {sketches[wrong]}, not a finite number");
        }

        sketches.CopyTo(record.AllSketches);
    }

    private static string? SizeMistake(int flags, int shardCount, int sketchWidth, int exceptionCount)
    {
        bool sketches = (flags & SketchesFlag) != 0;
        if ((flags & ~KnownFlags) != 0 || (!sketches && (flags & ResidualSketchesFlag) != 0))
        {
            return $"flags at byte {FlagsOffset} are {flags:X4}; this build knows {KnownFlags:X4}, and residual sketches only beside update sketches";
        }

        if (shardCount is < 1 or > TicketRecord.ShardsMax)
        {
            return $"shardCount at byte {ShardCountOffset} is {shardCount}; use 1 to {TicketRecord.ShardsMax}";
        }

        if (sketchWidth < 0 || sketchWidth > TicketRecord.SketchWidthMax || sketches != sketchWidth > 0)
        {
            return $"sketchWidth at byte {SketchWidthOffset} is {sketchWidth}; use 1 to {TicketRecord.SketchWidthMax} with sketches, 0 without";
        }

        return exceptionCount < 0 ? $"exceptionCount at byte {ExceptionCountOffset} is {exceptionCount}; the least is 0" : null;
    }

    private static long SizeOf(long shardCount, long exceptionCount, long counterCount) =>
        HeaderSize + (shardCount * RowSize) + (exceptionCount * sizeof(long)) + (counterCount * sizeof(float));

    private static InvalidDataException Damaged(string what) => new($"Ledger frame: {what}.");
}
