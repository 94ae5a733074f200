using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace OrleansSgd.Core.Frames;

/// <summary>The bytes of one answer of a shard: a header of 64 bytes, the exceptions, then the payload.</summary>
/// <remarks>
/// <para>Little-endian; the checksum covers the header only. docs/wire-format.md has the table and the golden bytes;
/// change both together.</para>
/// <para>A frame is exactly its three parts: slice a pooled buffer before reading.</para>
/// </remarks>
public static class ViewFrame
{
    /// <summary>Bytes before the exceptions.</summary>
    public const int HeaderSize = 64;

    private const uint Magic = 0x4656534F; // "OSVF"
    private const int KindOffset = 6;
    private const int OutcomeOffset = 7;
    private const int ShardOffset = 8;
    private const int ShardIncarnationOffset = 12;
    private const int VersionOffset = 16;
    private const int DelayOffset = 24;
    private const int TicketWatermarkOffset = 32;
    private const int ExceptionCountOffset = 40;
    private const int LengthOffset = 44;
    private const int EntryCountOffset = 48;
    private const int PayloadSizeOffset = 52;
    private const int ErrorNormOffset = 56;

    private static readonly FrameFields.SizeOffsets SizesAt = new(LengthOffset, EntryCountOffset, PayloadSizeOffset);

    /// <summary>Bytes of the whole frame.</summary>
    /// <exception cref="OverflowException">More than an array holds.</exception>
    public static int SizeOf(int exceptionCount, int payloadSize) =>
        checked(HeaderSize + (exceptionCount * sizeof(long)) + payloadSize);

    /// <summary>Writes the header into the first <see cref="HeaderSize"/> bytes; the rest is left alone.</summary>
    /// <exception cref="ArgumentException">No room, or a header that no reader would accept. Nothing was written.</exception>
    public static void WriteHeader(Span<byte> frame, in ViewHeader h)
    {
        if (Mistake(h) is { } mistake)
        {
            throw new ArgumentException($"View header: {mistake}.", nameof(h));
        }

        Span<byte> header = FrameFields.Open(frame, HeaderSize, Magic);
        header[KindOffset] = (byte)h.Kind;
        header[OutcomeOffset] = h.Outcome;
        BinaryPrimitives.WriteInt32LittleEndian(header[ShardOffset..], h.Shard);
        BinaryPrimitives.WriteInt32LittleEndian(header[ShardIncarnationOffset..], h.ShardIncarnation);
        BinaryPrimitives.WriteInt64LittleEndian(header[VersionOffset..], h.Version);
        BinaryPrimitives.WriteInt64LittleEndian(header[DelayOffset..], h.Delay);
        BinaryPrimitives.WriteInt64LittleEndian(header[TicketWatermarkOffset..], h.TicketWatermark);
        BinaryPrimitives.WriteInt32LittleEndian(header[ExceptionCountOffset..], h.ExceptionCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[LengthOffset..], h.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[EntryCountOffset..], h.EntryCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[PayloadSizeOffset..], h.PayloadSize);
        BinaryPrimitives.WriteSingleLittleEndian(header[ErrorNormOffset..], h.ErrorNorm);
        FrameFields.Seal(header);
    }

    /// <summary>Writes the exceptions behind the header.</summary>
    /// <param name="frame">Room for the header and the exceptions at least.</param>
    /// <param name="tickets">Strictly ascending, each above the watermark of the header.</param>
    public static void WriteExceptions(Span<byte> frame, ReadOnlySpan<long> tickets) =>
        tickets.CopyTo(LittleEndian.Longs(frame.Slice(HeaderSize, tickets.Length * sizeof(long))));

    /// <summary>Reads the header and checks it, alone and against the size of the frame.</summary>
    /// <exception cref="InvalidDataException">Damaged, cut short, of another layout or with a field out of range; the message says which.</exception>
    public static ViewHeader ReadHeader(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> header = FrameFields.Check(frame, HeaderSize, Magic, "View");
        ViewHeader h = new()
        {
            Kind = (PayloadKind)header[KindOffset],
            Outcome = header[OutcomeOffset],
            Shard = BinaryPrimitives.ReadInt32LittleEndian(header[ShardOffset..]),
            ShardIncarnation = BinaryPrimitives.ReadInt32LittleEndian(header[ShardIncarnationOffset..]),
            Version = BinaryPrimitives.ReadInt64LittleEndian(header[VersionOffset..]),
            Delay = BinaryPrimitives.ReadInt64LittleEndian(header[DelayOffset..]),
            TicketWatermark = BinaryPrimitives.ReadInt64LittleEndian(header[TicketWatermarkOffset..]),
            ExceptionCount = BinaryPrimitives.ReadInt32LittleEndian(header[ExceptionCountOffset..]),
            Length = BinaryPrimitives.ReadInt32LittleEndian(header[LengthOffset..]),
            EntryCount = BinaryPrimitives.ReadInt32LittleEndian(header[EntryCountOffset..]),
            PayloadSize = BinaryPrimitives.ReadInt32LittleEndian(header[PayloadSizeOffset..]),
            ErrorNorm = BinaryPrimitives.ReadSingleLittleEndian(header[ErrorNormOffset..]),
        };
        if (Mistake(h) is { } mistake)
        {
            throw new InvalidDataException($"View frame: {mistake}.");
        }

        long size = HeaderSize + ((long)h.ExceptionCount * sizeof(long)) + h.PayloadSize;
        if (frame.Length != size)
        {
            throw new InvalidDataException(
                $"View frame has {frame.Length} bytes, but {h.ExceptionCount} exceptions and a payload of {h.PayloadSize} bytes " +
                $"make {size}; it was {(frame.Length < size ? "cut short" : "not sliced to its size")}.");
        }

        return h;
    }

    /// <summary>The exceptions of a frame whose header was read, as bytes: i64 each, checked as <see cref="ExceptionTickets"/> does.</summary>
    /// <exception cref="InvalidDataException">They are not ascending, or not above the watermark.</exception>
    public static ReadOnlySpan<byte> Exceptions(ReadOnlySpan<byte> frame, in ViewHeader h) =>
        MemoryMarshal.AsBytes(ExceptionTickets(frame, h));

    /// <summary>The tickets above the watermark that are in the values, strictly ascending.</summary>
    /// <exception cref="InvalidDataException">They are not ascending, or not above the watermark.</exception>
    public static ReadOnlySpan<long> ExceptionTickets(ReadOnlySpan<byte> frame, in ViewHeader h)
    {
        ReadOnlySpan<long> tickets = LittleEndian.Longs(frame.Slice(HeaderSize, h.ExceptionCount * sizeof(long)));
        long last = h.TicketWatermark;
        for (int i = 0; i < tickets.Length; i++)
        {
            if (tickets[i] <= last)
            {
                throw new InvalidDataException(
                    $"View frame: exception {i} at byte {HeaderSize + (i * sizeof(long))} is ticket {tickets[i]}, " +
                    $"which is not above {(i == 0 ? "the watermark" : "the one before")}, {last}.");
            }

            last = tickets[i];
        }

        return tickets;
    }

    /// <summary>The payload of a frame whose header was read.</summary>
    public static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> frame, in ViewHeader h) =>
        frame.Slice(HeaderSize + (h.ExceptionCount * sizeof(long)), h.PayloadSize);

    private static string? Mistake(in ViewHeader h) =>
        FrameFields.BelowMistake(h.Shard, 0, "shard", ShardOffset)
        ?? FrameFields.BelowMistake(h.ShardIncarnation, 0, "shardIncarnation", ShardIncarnationOffset)
        ?? FrameFields.BelowMistake(h.Version, 0, "version", VersionOffset)
        ?? FrameFields.BelowMistake(h.Delay, -1, "delay", DelayOffset)
        ?? FrameFields.BelowMistake(h.TicketWatermark, -1, "ticketWatermark", TicketWatermarkOffset)
        ?? FrameFields.BelowMistake(h.ExceptionCount, 0, "exceptionCount", ExceptionCountOffset)
        ?? ErrorMistake(h.ErrorNorm)
        ?? KindMistake(h.Kind)
        ?? FrameFields.SizeMistake(h.Kind, h.Length, h.EntryCount, h.PayloadSize, SizesAt);

    private static string? ErrorMistake(float errorNorm) => errorNorm >= 0 && float.IsFinite(errorNorm)
        ? null
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"errorNorm at byte {ErrorNormOffset} is {errorNorm}; it is finite, 0 or more");

    // Each value of a view is bit-equal to the shard's, which rounded values could not be.
    private static string? KindMistake(PayloadKind kind) =>
        kind > PayloadKind.Sparse
            ? $"kind at byte {KindOffset} is {(byte)kind}; a view carries none, dense or sparse values"
            : null;
}
