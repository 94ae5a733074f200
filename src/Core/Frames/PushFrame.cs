using System.Buffers.Binary;

namespace OrleansSgd.Core.Frames;

/// <summary>The bytes of one push to one shard: a header of 96 bytes, then the payload.</summary>
/// <remarks>
/// <para>Little-endian; the checksum covers the header only. docs/wire-format.md has the table and the golden bytes;
/// change both together.</para>
/// <para>A frame is exactly header and payload: slice a pooled buffer before reading.</para>
/// </remarks>
public static class PushFrame
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderSize = 96;

    /// <summary>Bytes of a frame whose values travel beside it: header and scale.</summary>
    public const int ScaledHeadSize = HeaderSize + FramePayload.ScaleSize;

    private const uint Magic = 0x4650534F; // "OSPF"
    private const int KindOffset = 6;
    private const int FlagsOffset = 7;
    private const int ShardOffset = 8;
    private const int ShardIncarnationOffset = 12;
    private const int WorkerOffset = 16;
    private const int IncarnationOffset = 20;
    private const int SequenceOffset = 24;
    private const int TicketOffset = 32;
    private const int RoundOffset = 40;
    private const int SlotOffset = 48;
    private const int SlotCountOffset = 52;
    private const int ViewVersionOffset = 56;
    private const int RateOffset = 64;
    private const int SampleCountOffset = 68;
    private const int NormSquaredOffset = 72;
    private const int LengthOffset = 80;
    private const int EntryCountOffset = 84;
    private const int PayloadSizeOffset = 88;

    private static readonly FrameFields.SizeOffsets SizesAt = new(LengthOffset, EntryCountOffset, PayloadSizeOffset);

    /// <summary>Writes the header into the first <see cref="HeaderSize"/> bytes; the payload is left alone.</summary>
    /// <exception cref="ArgumentException">No room, or a header that no reader would accept. Nothing was written.</exception>
    public static void WriteHeader(Span<byte> frame, in PushHeader h)
    {
        if (Mistake(h) is { } mistake)
        {
            throw new ArgumentException($"Push header: {mistake}.", nameof(h));
        }

        Span<byte> header = FrameFields.Open(frame, HeaderSize, Magic);
        header[KindOffset] = (byte)h.Kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[ShardOffset..], h.Shard);
        BinaryPrimitives.WriteInt32LittleEndian(header[ShardIncarnationOffset..], h.ShardIncarnation);
        BinaryPrimitives.WriteInt32LittleEndian(header[WorkerOffset..], h.Worker);
        BinaryPrimitives.WriteInt32LittleEndian(header[IncarnationOffset..], h.Incarnation);
        BinaryPrimitives.WriteInt64LittleEndian(header[SequenceOffset..], h.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(header[TicketOffset..], h.Ticket);
        BinaryPrimitives.WriteInt64LittleEndian(header[RoundOffset..], h.Round);
        BinaryPrimitives.WriteInt32LittleEndian(header[SlotOffset..], h.Slot);
        BinaryPrimitives.WriteInt32LittleEndian(header[SlotCountOffset..], h.SlotCount);
        BinaryPrimitives.WriteInt64LittleEndian(header[ViewVersionOffset..], h.ViewVersion);
        BinaryPrimitives.WriteSingleLittleEndian(header[RateOffset..], h.Rate);
        BinaryPrimitives.WriteInt32LittleEndian(header[SampleCountOffset..], h.SampleCount);
        BinaryPrimitives.WriteDoubleLittleEndian(header[NormSquaredOffset..], h.NormSquared);
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthOffset..], h.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[EntryCountOffset..], h.EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[PayloadSizeOffset..], h.PayloadSize);
        FrameFields.Seal(header);
    }

    /// <summary>Reads the header and checks it, alone and against the size of the frame.</summary>
    /// <param name="beside">Bytes of its values that travel beside the frame; for a scaled payload only.</param>
    /// <exception cref="InvalidDataException">Damaged, cut short, of another layout or with a field out of range; the message says which.</exception>
    public static PushHeader ReadHeader(ReadOnlySpan<byte> frame, int beside = 0)
    {
        ReadOnlySpan<byte> header = FrameFields.Check(frame, HeaderSize, Magic, "Push");
        if (header[FlagsOffset] != 0)
        {
            throw new InvalidDataException($"Push frame: flags at byte {FlagsOffset} are {header[FlagsOffset]:X2}; this build knows none.");
        }

        PushHeader h = new()
        {
            Kind = (PayloadKind)header[KindOffset],
            Shard = BinaryPrimitives.ReadInt32LittleEndian(header[ShardOffset..]),
            ShardIncarnation = BinaryPrimitives.ReadInt32LittleEndian(header[ShardIncarnationOffset..]),
            Worker = BinaryPrimitives.ReadInt32LittleEndian(header[WorkerOffset..]),
            Incarnation = BinaryPrimitives.ReadInt32LittleEndian(header[IncarnationOffset..]),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(header[SequenceOffset..]),
            Ticket = BinaryPrimitives.ReadInt64LittleEndian(header[TicketOffset..]),
            Round = BinaryPrimitives.ReadInt64LittleEndian(header[RoundOffset..]),
            Slot = BinaryPrimitives.ReadInt32LittleEndian(header[SlotOffset..]),
            SlotCount = BinaryPrimitives.ReadInt32LittleEndian(header[SlotCountOffset..]),
            ViewVersion = BinaryPrimitives.ReadInt64LittleEndian(header[ViewVersionOffset..]),
            Rate = BinaryPrimitives.ReadSingleLittleEndian(header[RateOffset..]),
            SampleCount = BinaryPrimitives.ReadInt32LittleEndian(header[SampleCountOffset..]),
            NormSquared = BinaryPrimitives.ReadDoubleLittleEndian(header[NormSquaredOffset..]),
            Length = BinaryPrimitives.ReadInt32LittleEndian(header[LengthOffset..]),
            EntryCount = BinaryPrimitives.ReadInt32LittleEndian(header[EntryCountOffset..]),
            PayloadSize = BinaryPrimitives.ReadInt32LittleEndian(header[PayloadSizeOffset..]),
        };
        if (Mistake(h) is { } mistake)
        {
            throw new InvalidDataException($"Push frame: {mistake}.");
        }

        long size = (long)HeaderSize + h.PayloadSize;
        long sizeRead = (long)frame.Length + beside;
        if (sizeRead != size)
        {
            throw new InvalidDataException(
                $"Push frame has {sizeRead} bytes, but payloadSize at byte {PayloadSizeOffset} is {h.PayloadSize}, " +
                $"which makes {size}; it was {(sizeRead < size ? "cut short" : "not sliced to its size")}.");
        }

        if (beside > 0 && (h.Kind != PayloadKind.DenseScaled || frame.Length != ScaledHeadSize))
        {
            throw new InvalidDataException(
                $"Push frame of kind {h.Kind} has {frame.Length} bytes, and {beside} of values beside it; only those of kind " +
                $"{PayloadKind.DenseScaled} travel so, all of them, beside a frame of {ScaledHeadSize}.");
        }

        return h;
    }

    /// <summary>The payload of a frame whose header was read.</summary>
    public static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> frame, in PushHeader h) => frame.Slice(HeaderSize, h.PayloadSize);

    private static string? Mistake(in PushHeader h) =>
        FrameFields.BelowMistake(h.Shard, 0, "shard", ShardOffset)
        ?? FrameFields.BelowMistake(h.ShardIncarnation, 0, "shardIncarnation", ShardIncarnationOffset)
        ?? FrameFields.BelowMistake(h.Worker, 0, "worker", WorkerOffset)
        ?? FrameFields.BelowMistake(h.Incarnation, 0, "incarnation", IncarnationOffset)
        ?? FrameFields.BelowMistake(h.Sequence, 0, "sequence", SequenceOffset)
        ?? FrameFields.BelowMistake(h.Ticket, 0, "ticket", TicketOffset)
        ?? FrameFields.BelowMistake(h.Round, -1, "round", RoundOffset)
        ?? FrameFields.BelowMistake(h.Slot, 0, "slot", SlotOffset)
        ?? FrameFields.BelowMistake(h.SlotCount, 1, "slotCount", SlotCountOffset)
        ?? (h.Slot < h.SlotCount ? null : $"slot at byte {SlotOffset} is {h.Slot}, but slotCount is {h.SlotCount}")
        ?? FrameFields.BelowMistake(h.ViewVersion, 0, "viewVersion", ViewVersionOffset)
        ?? (float.IsFinite(h.Rate) && h.Rate >= 0 ? null : $"rate at byte {RateOffset} is {h.Rate}; use a finite number, 0 or more")
        ?? FrameFields.BelowMistake(h.SampleCount, 0, "sampleCount", SampleCountOffset)
        ?? (double.IsFinite(h.NormSquared) && h.NormSquared >= 0
            ? null
            : $"normSquared at byte {NormSquaredOffset} is {h.NormSquared}; use a finite number, 0 or more")
        ?? FrameFields.SizeMistake(h.Kind, h.Length, h.EntryCount, h.PayloadSize, SizesAt);
}
