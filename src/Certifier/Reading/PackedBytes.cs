using System.Buffers.Binary;

namespace OrleansSgd.Certifier.Reading;

/// <summary>Reads the numbers packed into one attribute; every error names the place, the field and the byte.</summary>
internal ref struct PackedBytes
{
    private readonly LedgerSpan _span;
    private readonly string _field;
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>Opens an attribute of bytes.</summary>
    public PackedBytes(LedgerSpan span, string field)
    {
        _span = span;
        _field = field;
        _bytes = span.Bytes(field);
    }

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes in all.</summary>
    public readonly int Length => _bytes.Length;

    /// <summary>True when everything was read.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>A LEB128 number of 63 bits.</summary>
    public long Unsigned()
    {
        ulong value = Varint();
        return value <= long.MaxValue ? (long)value : throw Wrong("holds a number above 2^63");
    }

    /// <summary>A LEB128 number of 64 bits that zigzag maps to a signed one.</summary>
    public long Signed() => Zigzag(Varint());

    /// <summary>A LEB128 number no larger than a limit.</summary>
    public int Small(int max)
    {
        long value = Unsigned();
        return value <= max ? (int)value : throw Wrong($"holds {value}; expected 0 to {max}");
    }

    /// <summary>A LEB128 number of 64 bits.</summary>
    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte one = Byte();
            if (shift == 63 && one > 1)
            {
                throw Wrong("holds a varint of more than 64 bits");
            }

            value |= (ulong)(one & 0x7F) << shift;
            if (one < 0x80)
            {
                return one == 0 && shift > 0 ? throw Wrong("holds a varint with a superfluous last byte") : value;
            }
        }
    }

    /// <summary>An f64, little-endian.</summary>
    public double Real()
    {
        if (_bytes.Length - Position < 8)
        {
            throw Wrong("ends inside a number");
        }

        double value = BinaryPrimitives.ReadDoubleLittleEndian(_bytes[Position..]);
        Position += 8;
        return value;
    }

    /// <summary>One byte.</summary>
    public byte Byte() => IsAtEnd ? throw Wrong("ends inside a number") : _bytes[Position++];

    /// <summary>A damage of these bytes.</summary>
    public readonly InvalidDataException Wrong(string what) => _span.Wrong(_field, $"{what} (byte {Position} of {_bytes.Length})");

    /// <summary>0, −1, 1, −2, … from 0, 1, 2, 3, …</summary>
    public static long Zigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
