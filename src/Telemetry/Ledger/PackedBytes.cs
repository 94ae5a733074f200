using System.Buffers.Binary;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>A buffer that varints and reals are appended to; it grows, and clearing keeps its room.</summary>
internal sealed class PackedBytes(int capacity)
{
    /// <summary>Most bytes of one varint: 64 bits, 7 at a time.</summary>
    public const int VarintSizeMax = 10;

    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Makes room, so that the writes after it need not look.</summary>
    public void Reserve(int size)
    {
        if (_bytes.Length - Length < size)
        {
            Array.Resize(ref _bytes, Math.Max(Length + size, 2 * _bytes.Length));
        }
    }

    /// <summary>LEB128: seven bits a byte, lowest first, the top bit set on all but the last. Needs reserved room.</summary>
    public void Unsigned(ulong value)
    {
        byte[] bytes = _bytes;
        int at = Length;
        while (value >= 0x80)
        {
            bytes[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[at++] = (byte)value;
        Length = at;
    }

    /// <summary>Zigzag first, so that small negative numbers are short too. Needs reserved room.</summary>
    public void Signed(long value) => Unsigned(ZigZag(value));

    /// <summary>f64, little-endian. Needs reserved room.</summary>
    public void Real(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.AsSpan(Length, sizeof(double)), value);
        Length += sizeof(double);
    }

    /// <summary>Ascending tickets as varints of their differences, from 0.</summary>
    public void Tickets(ReadOnlySpan<long> tickets)
    {
        Reserve(tickets.Length * VarintSizeMax);
        long last = 0;
        foreach (long ticket in tickets)
        {
            Unsigned((ulong)(ticket - last));
            last = ticket;
        }
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));
}
