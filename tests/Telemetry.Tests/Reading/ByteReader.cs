using System.Buffers.Binary;

namespace OrleansSgd.Telemetry.Tests.Reading;

/// <summary>Reads varints and reals, from docs/trace-format.md alone.</summary>
internal sealed class ByteReader(byte[] bytes)
{
    private int _at;

    public bool IsAtEnd => _at == bytes.Length;

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[_at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public double Real()
    {
        double value = BinaryPrimitives.ReadDoubleLittleEndian(bytes.AsSpan(_at, 8));
        _at += 8;
        return value;
    }

    /// <summary>All tickets up to the end, from their differences.</summary>
    public long[] Tickets()
    {
        List<long> tickets = [];
        while (!IsAtEnd)
        {
            tickets.Add((long)Unsigned() + (tickets.Count == 0 ? 0 : tickets[^1]));
        }

        return [.. tickets];
    }
}
