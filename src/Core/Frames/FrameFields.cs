using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Core.Frames;

/// <summary>What push and view headers have in common: how they are opened, sealed and found wrong.</summary>
internal static class FrameFields
{
    public const ushort Layout = 1;

    private const int LayoutOffset = 4;

    /// <summary>Starts a header: zeroes it, then writes magic and layout.</summary>
    public static Span<byte> Open(Span<byte> frame, int headerSize, uint magic, ushort layout = Layout)
    {
        if (frame.Length < headerSize)
        {
            throw new ArgumentException($"Room for a frame is {frame.Length} bytes; its header alone takes {headerSize}.", nameof(frame));
        }

        Span<byte> header = frame[..headerSize];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[LayoutOffset..], layout);
        return header;
    }

    /// <summary>Writes the checksum over everything before it, in the header's last four bytes.</summary>
    public static void Seal(Span<byte> header) =>
        BinaryPrimitives.WriteUInt32LittleEndian(header[^sizeof(uint)..], Checksum(header[..^sizeof(uint)]));

    /// <summary>The header's bytes, once size, magic, layout and checksum are right.</summary>
    public static ReadOnlySpan<byte> Check(ReadOnlySpan<byte> frame, int headerSize, uint magic, string name, ushort layout = Layout)
    {
        if (frame.Length < headerSize)
        {
            throw new InvalidDataException($"{name} frame has {frame.Length} bytes, but its header takes {headerSize}; it was cut short.");
        }

        ReadOnlySpan<byte> header = frame[..headerSize];
        uint magicRead = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (magicRead != magic)
        {
            throw new InvalidDataException($"{name} frame: magic at byte 0 is {magicRead:X8}, expected {magic:X8}; these bytes are something else.");
        }

        ushort layoutRead = BinaryPrimitives.ReadUInt16LittleEndian(header[LayoutOffset..]);
        if (layoutRead != layout)
        {
            throw new InvalidDataException(
                $"{name} frame: layout at byte {LayoutOffset} is {layoutRead}, but this build reads {layout}; run the same version on every silo.");
        }

        int checksumOffset = headerSize - sizeof(uint);
        uint checksum = Checksum(header[..checksumOffset]);
        uint checksumRead = BinaryPrimitives.ReadUInt32LittleEndian(header[checksumOffset..]);
        if (checksumRead != checksum)
        {
            throw new InvalidDataException(
                $"{name} frame: header checksum at byte {checksumOffset} is {checksumRead:X8}, expected {checksum:X8}; the header is damaged.");
        }

        return header;
    }

    /// <inheritdoc cref="Crc32C.Of"/>
    public static uint Checksum(ReadOnlySpan<byte> bytes) => Crc32C.Of(bytes);

    /// <summary>Why kind, length, entry count and payload size do not fit together, or null when they do.</summary>
    /// <remarks><paramref name="at"/> is where the fields stand in a header; null when they did not come out of one.</remarks>
    public static string? SizeMistake(PayloadKind kind, int length, int entryCount, int payloadSize, SizeOffsets? at = null)
    {
        if (kind > PayloadKind.DenseScaled)
        {
            return $"kind{Place(SizeOffsets.Kind)} is {(byte)kind}; the largest known is {(byte)PayloadKind.DenseScaled}";
        }

        if (length < 1)
        {
            return $"length{Place(at?.Length)} is {length}; a shard has at least 1 coordinate";
        }

        bool fits = kind switch
        {
            PayloadKind.None => entryCount == 0,
            PayloadKind.Sparse or PayloadKind.SparseBfloat16 => entryCount >= 1 && entryCount <= length,
            _ => entryCount == length,
        };
        if (!fits)
        {
            return $"entryCount{Place(at?.EntryCount)} is {entryCount}, which does not fit kind {kind} and length {length}";
        }

        if (kind is PayloadKind.Levels or PayloadKind.Signs)
        {
            // The exact size depends on what the payload says about itself, and is checked with it.
            long min = BucketedPayload.SizeMin(kind, length);
            long max = BucketedPayload.SizeMax(kind, length);
            return payloadSize >= min && payloadSize <= max
                ? null
                : $"payloadSize{Place(at?.PayloadSize)} is {payloadSize}, but kind {kind} with length {length} takes {min} to {max}";
        }

        long size = FramePayload.ScaleSizeOf(kind) + ((long)entryCount * FramePayload.EntrySizeOf(kind));
        return payloadSize == size
            ? null
            : $"payloadSize{Place(at?.PayloadSize)} is {payloadSize}, but kind {kind} with {entryCount} entries takes {size}";

        string Place(int? offset) => at is null ? "" : $" at byte {offset}";
    }

    /// <summary>Why a number is out of its range, or null when it is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static string? BelowMistake(long value, long min, string field, int offset) =>
        value >= min ? null : $"{field} at byte {offset} is {value}; the least is {min}";

    /// <summary>Where the size fields of a header stand; kind stands at the same byte in all of them.</summary>
    public readonly record struct SizeOffsets(int Length, int EntryCount, int PayloadSize)
    {
        public const int Kind = 6;
    }
}
