using System.Buffers.Binary;
using System.IO.Compression;

namespace OrleansSgd.Grains.Checkpoints;

/// <summary>Everything a run's monitor took, in its order: what is new since the last checkpoint goes into a part of the next.</summary>
/// <remarks>
/// <para>A monitor has no state that could be written down more cheaply than what it was told, so a resumed run tells it all again.</para>
/// <para>An entry: kind u8, three bytes of 0, size of the payload u32, ticket i64, payload. Offsets count from the beginning of the run, over
/// all its coordinators. Adding allocates nothing in the steady state. One owner, not thread-safe.</para>
/// </remarks>
internal sealed class LedgerLog
{
    /// <summary>Bytes before each payload.</summary>
    public const int HeaderSize = 16;

    /// <summary>Bytes of a log from which on it is worth a warning: to tell so much again takes several seconds.</summary>
    public const long SizeWarned = 256L << 20;

    private const int BufferSize = 64 * 1024;

    private readonly List<LedgerPiece> _closed = [];
    private byte[] _buffer = new byte[BufferSize];
    private long _start;
    private int _size;

    /// <param name="start">Where it goes on: the end of what was read from a checkpoint; 0 for a new run.</param>
    public LedgerLog(long start = 0) => _start = start;

    /// <summary>One past the last entry.</summary>
    public long End => _start + _size;

    /// <summary>Adds an entry.</summary>
    public void Add(LedgerEntryKind kind, long ticket, ReadOnlySpan<byte> payload)
    {
        int size = checked(_size + HeaderSize + payload.Length);
        if (_buffer.Length < size)
        {
            Array.Resize(ref _buffer, Math.Max(size, checked(_buffer.Length * 2)));
        }

        Span<byte> entry = _buffer.AsSpan(_size, HeaderSize + payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)kind);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(entry[8..], ticket);
        payload.CopyTo(entry[HeaderSize..]);
        _size = size;
    }

    /// <summary>Everything that no checkpoint has yet, piece by piece; what is added from now on is in the next piece.</summary>
    /// <remarks>A piece that was not saved comes again, so that it can be written again.</remarks>
    public IReadOnlyList<LedgerPiece> Close()
    {
        if (_size > 0)
        {
            _closed.Add(new LedgerPiece(_start, _buffer.AsMemory(0, _size)));
            _start += _size;
            _buffer = new byte[Math.Max(BufferSize, _size)]; // as much will come until the next time
            _size = 0;
        }

        return [.. _closed];
    }

    /// <summary>A checkpoint has everything below this offset.</summary>
    public void Saved(long end) => _closed.RemoveAll(piece => piece.Start + piece.Bytes.Length <= end);

    /// <summary>Takes the next entry out of a piece.</summary>
    /// <param name="piece">What is left; shortened by the entry.</param>
    /// <param name="offset">Where it begins in the log; on return, where the rest does.</param>
    /// <returns>False when nothing is left.</returns>
    /// <exception cref="InvalidDataException">The bytes end inside an entry, or are no log.</exception>
    public static bool TryTake(ref ReadOnlySpan<byte> piece, ref long offset, out LedgerEntry entry)
    {
        entry = default;
        if (piece.IsEmpty)
        {
            return false;
        }

        long size = piece.Length < HeaderSize ? long.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(piece[4..]);
        uint kind = piece.Length < HeaderSize ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(piece);
        if (size > piece.Length - HeaderSize || kind is < (uint)LedgerEntryKind.Row or > (uint)LedgerEntryKind.Audit)
        {
            throw new InvalidDataException(
                $"Ledger log: the entry at byte {offset} has kind {kind} and {size} bytes, but {piece.Length} are left; it was cut short or a newer build wrote it.");
        }

        int end = HeaderSize + (int)size;
        entry = new LedgerEntry(
            (LedgerEntryKind)kind, offset, BinaryPrimitives.ReadInt64LittleEndian(piece[8..]), piece[HeaderSize..end]);
        piece = piece[end..];
        offset += end;
        return true;
    }
}

/// <summary>A stretch of a <see cref="LedgerLog"/>, whole entries.</summary>
/// <param name="Start">Where it begins in the log.</param>
/// <param name="Bytes">Not changed any more.</param>
internal sealed record LedgerPiece(long Start, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>One past its last byte.</summary>
    public long End => Start + Bytes.Length;

    /// <summary>The bytes as a store keeps them: deflated, since rows repeat much of one another.</summary>
    public byte[] Pack()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(Bytes.Span);
        }

        return packed.ToArray();
    }

    /// <summary>The piece that <see cref="Pack"/> made bytes of.</summary>
    /// <exception cref="InvalidDataException">They are something else.</exception>
    public static LedgerPiece Unpack(long start, ReadOnlySpan<byte> packed)
    {
        using var deflate = new DeflateStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        deflate.CopyTo(bytes);
        return new LedgerPiece(start, bytes.ToArray());
    }
}
