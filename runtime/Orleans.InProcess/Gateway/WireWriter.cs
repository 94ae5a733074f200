using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>Writes the parts that values on the wire are made of. Little-endian; counts and numbers of members are varints.</summary>
/// <param name="sizeMax">Most bytes; one more is an <see cref="OrleansException"/>.</param>
internal sealed class WireWriter(int sizeMax)
{
    private const int SizeFirst = 256;

    // The reader has the same bound: what it would refuse is not sent.
    private int _depth;
    private Dictionary<object, int>? _objects;
    private byte[] _buffer = new byte[SizeFirst];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Byte(byte value) => Grow(1)[0] = value;

    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Grow(sizeof(uint)), value);

    public void Patch32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(at), value);

    public void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    public void Count(int value) => Varint((ulong)value);

    /// <summary>A value of fixed size, as it lies in memory.</summary>
    public void Block<T>(T value)
        where T : unmanaged => MemoryMarshal.Write(Grow(Unsafe.SizeOf<T>()), in value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    /// <summary>A text, or null: one more than its bytes, then those.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Byte(0);
            return;
        }

        var size = Encoding.UTF8.GetByteCount(text);
        Varint((ulong)size + 1);
        Encoding.UTF8.GetBytes(text, Grow(size));
    }

    /// <summary>Begins something whose size stands before it.</summary>
    public int BeginSized()
    {
        Byte(0);
        return Length;
    }

    /// <summary>Ends it: the size is written where it was begun, and what follows moves when it takes more than a byte.</summary>
    public void EndSized(int begun)
    {
        var size = Length - begun;
        var more = 0;
        for (var rest = (uint)size >> 7; rest > 0; rest >>= 7)
        {
            more++;
        }

        Grow(more);
        Buffer.BlockCopy(_buffer, begun, _buffer, begun + more, size);
        var end = Length;
        Length = begun - 1;
        Varint((ulong)size);
        Length = end;
    }

    /// <summary>The number of an object that was written before; −1 for a new one, which gets the next number.</summary>
    public int NumberOf(object value)
    {
        _objects ??= new(ReferenceEqualityComparer.Instance);
        if (_objects.TryGetValue(value, out var number))
        {
            return number;
        }

        _objects[value] = _objects.Count;
        return -1;
    }

    public void Enter()
    {
        if (++_depth > WireReader.DepthMax)
        {
            throw new OrleansException($"A value is nested more than {WireReader.DepthMax} deep; a gateway carries no deeper ones.");
        }
    }

    public void Leave() => _depth--;

    private Span<byte> Grow(int size)
    {
        var begin = Length;
        if (size > sizeMax - begin)
        {
            throw new OrleansException($"A call or its answer takes more than {sizeMax} bytes, which is what a gateway carries; send it in pieces.");
        }

        if (_buffer.Length - begin < size)
        {
            Array.Resize(ref _buffer, (int)Math.Min(sizeMax, Math.Max(begin + (long)size, 2L * _buffer.Length)));
        }

        Length = begin + size;
        return _buffer.AsSpan(begin, size);
    }
}
