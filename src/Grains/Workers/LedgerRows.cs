using System.Buffers.Binary;
using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Grains.Workers;

/// <summary>Ledger frames of updates that every shard has answered and the job has not been told of yet.</summary>
/// <remarks>
/// <para>Each frame is preceded by its size, u32 little-endian. Rows are only ever added at the end, and the bytes stay until
/// <see cref="Sent"/>: a request that is repeated carries the same ones.</para>
/// <para>One buffer, used again and again; it is left to its reader when a call with it failed.</para>
/// </remarks>
internal sealed class LedgerRows
{
    private const int SizeSize = sizeof(uint);

    private byte[] _buffer = [];
    private int _size;
    private bool _isTainted;

    /// <summary>Everything not sent yet; not changed before <see cref="Sent"/>.</summary>
    public ReadOnlyMemory<byte> Pending => _buffer.AsMemory(0, _size);

    /// <summary>Adds one row.</summary>
    public void Add(TicketRecord record)
    {
        int size = LedgerFrame.SizeOf(record);
        int end = checked(_size + SizeSize + size);
        if (_buffer.Length < end)
        {
            // Whoever still reads the old bytes keeps them.
            byte[] wider = GC.AllocateUninitializedArray<byte>(Math.Max(end, 2 * _buffer.Length));
            Pending.CopyTo(wider);
            _buffer = wider;
            _isTainted = false;
        }

        Span<byte> room = _buffer.AsSpan(_size, SizeSize + size);
        BinaryPrimitives.WriteInt32LittleEndian(room, size);
        LedgerFrame.Write(record, room[SizeSize..]);
        _size = end;
    }

    /// <summary>The job has answered a request that carried all of <see cref="Pending"/>.</summary>
    public void Sent()
    {
        _size = 0;
        if (_isTainted)
        {
            _buffer = [];
            _isTainted = false;
        }
    }

    /// <summary>A call with the bytes failed: its receiver may still read them after the next one has been answered.</summary>
    public void Taint() => _isTainted = true;

    /// <summary>Takes the next frame out of what a request carried.</summary>
    /// <param name="rows">What is left; shortened by the frame.</param>
    /// <returns>False when nothing is left.</returns>
    /// <exception cref="InvalidDataException">The bytes end inside a frame.</exception>
    public static bool TryTake(ref ReadOnlySpan<byte> rows, out ReadOnlySpan<byte> frame)
    {
        frame = [];
        if (rows.IsEmpty)
        {
            return false;
        }

        long size = rows.Length < SizeSize ? long.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(rows);
        if (size > rows.Length - SizeSize)
        {
            throw new InvalidDataException(
                $"Ledger rows: {rows.Length} bytes are left, too few for the size of a frame and the frame; they were cut short.");
        }

        frame = rows.Slice(SizeSize, (int)size);
        rows = rows[(SizeSize + (int)size)..];
        return true;
    }
}
