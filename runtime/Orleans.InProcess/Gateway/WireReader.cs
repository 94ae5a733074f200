using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Orleans.Engine;

namespace Orleans.Gateway;

/// <summary>Reads what <see cref="WireWriter"/> wrote. Whatever does not fit is an <see cref="InvalidDataException"/>; nothing is believed.</summary>
/// <param name="payload">Of one frame.</param>
/// <param name="factory">Makes the references to grains that are passed.</param>
internal sealed class WireReader(ReadOnlyMemory<byte> payload, GrainFactory factory)
{
    /// <summary>Values inside values; deeper ones would end the stack.</summary>
    public const int DepthMax = 256;

    // A short frame must not become a great many objects.
    private const int ObjectsMax = 1_000_000;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly List<object?> _objects = [];
    private int _depth;
    private int _valuesRead;
    private int _at;
    private int _end = payload.Length;
    private bool _hasSkipped;

    public GrainFactory Factory { get; } = factory;

    /// <summary>Bytes until the end of what is being read.</summary>
    public int Left => _end - _at;

    public byte Byte() => Take(1)[0];

    public uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = Byte();
            if (shift == 63 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Wrong("a number has more than 64 bits");
    }

    /// <summary>A count of things that take a byte each, at least.</summary>
    public int Count()
    {
        var count = Varint();
        return count <= (ulong)Left ? (int)count : throw Wrong($"{count} things are announced, but only {Left} bytes are left");
    }

    public T Block<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    public ReadOnlySpan<byte> Bytes(int size) => Take(size);

    public string? Text()
    {
        var size = Varint();
        if (size == 0)
        {
            return null;
        }

        if (size - 1 > (ulong)Left)
        {
            throw Wrong($"a text of {size - 1} bytes is announced, but only {Left} are left");
        }

        try
        {
            return Strict.GetString(Take((int)(size - 1)));
        }
        catch (DecoderFallbackException)
        {
            throw Wrong("a text is no UTF-8");
        }
    }

    /// <summary>A text that must be there.</summary>
    public string Name() => Text() ?? throw Wrong("a name is missing");

    /// <summary>Begins to read something with its size before it; nothing beyond it can be read until it is over.</summary>
    /// <returns>The end of what is around it, for <see cref="EndSized"/>.</returns>
    public int BeginSized()
    {
        var size = Count();
        var around = _end;
        _end = _at + size;
        return around;
    }

    public void EndSized(int around)
    {
        if (Left != 0)
        {
            throw Wrong($"{Left} bytes are left over");
        }

        _end = around;
    }

    /// <summary>Passes over something that this build does not know.</summary>
    public void Skip()
    {
        _hasSkipped = true; // numbers of objects inside it are not known
        _ = Take(Count());
    }

    /// <summary>The number of the object that is about to be read.</summary>
    public int Reserve()
    {
        _objects.Add(null);
        return _objects.Count - 1;
    }

    /// <summary>From here on the object can be pointed at.</summary>
    public void Keep(int number, object value)
    {
        if (number >= 0)
        {
            _objects[number] = value;
        }
    }

    /// <summary>An object that was read before.</summary>
    public object Known(ulong number) => !_hasSkipped && number < (ulong)_objects.Count && _objects[(int)number] is { } known
        ? known
        : throw Wrong($"object {number} is pointed at, which is not known");

    public void Enter()
    {
        if (++_depth > DepthMax || ++_valuesRead > ObjectsMax)
        {
            throw Wrong($"there are more than {ObjectsMax} values, or they are nested more than {DepthMax} deep");
        }
    }

    public void Leave() => _depth--;

    public InvalidDataException Wrong(string what) => new($"Byte {_at} of a frame: {what}.");

    private ReadOnlySpan<byte> Take(int size)
    {
        if (size > Left)
        {
            throw Wrong($"{size} bytes are expected, but {Left} are left");
        }

        var taken = payload.Span.Slice(_at, size);
        _at += size;
        return taken;
    }
}
