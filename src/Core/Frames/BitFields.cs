using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Core.Frames;

/// <summary>Small signed numbers in b bits each, 2 to 8.</summary>
/// <remarks>
/// Number i takes the bits b·i to b·i + b − 1, low bit first, in two's complement.
/// Eight numbers take b bytes, so they are moved eight at a time, inside one 64-bit word: pairs of fields move together, then
/// pairs of pairs, then the halves. No processor extension is needed, so every machine runs the same code.
/// </remarks>
internal readonly struct BitFields
{
    public const int BitsMin = 2;
    public const int BitsMax = 8;

    private const int Group = 8;
    private const int FourGroups = 4 * Group;

    private readonly int _bits;
    private readonly ulong _singles;
    private readonly ulong _pairs;
    private readonly ulong _quads;

    public BitFields(int bits)
    {
        _bits = bits;
        _singles = 0x0001_0001_0001_0001 * ((1UL << bits) - 1);
        _pairs = 0x0000_0001_0000_0001 * ((1UL << (2 * bits)) - 1);
        _quads = (1UL << (4 * bits)) - 1;
    }

    /// <summary>Bytes that <paramref name="count"/> numbers take.</summary>
    public static int SizeOf(int count, int bits) => (int)((((long)count * bits) + 7) / 8);

    /// <summary>Bits that hold −<paramref name="max"/> .. <paramref name="max"/>.</summary>
    public static int BitsFor(int max) => 33 - int.LeadingZeroCount(max);

    /// <summary>Writes the numbers; bits left over in the last byte are 0.</summary>
    public void Pack(ReadOnlySpan<sbyte> numbers, Span<byte> packed)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(numbers);
        int whole = bytes.Length & ~(Group - 1);
        int at = 0;
        int i = 0;
        for (; i < whole && at + sizeof(ulong) <= packed.Length; i += Group, at += _bits)
        {
            // Bytes beyond the group's own are written again by the next one.
            BinaryPrimitives.WriteUInt64LittleEndian(packed[at..], Compress(BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..])));
        }

        Span<byte> last = stackalloc byte[sizeof(ulong)];
        for (; i < bytes.Length; i += Group, at += _bits)
        {
            last.Clear();
            bytes[i..Math.Min(i + Group, bytes.Length)].CopyTo(last);
            BinaryPrimitives.WriteUInt64LittleEndian(last, Compress(BinaryPrimitives.ReadUInt64LittleEndian(last)));
            last[..Math.Min(_bits, packed.Length - at)].CopyTo(packed[at..]);
        }
    }

    /// <summary>Reads numbers from the one at <paramref name="first"/> on.</summary>
    /// <param name="first">A multiple of 8.</param>
    public void Unpack(ReadOnlySpan<byte> packed, int first, Span<sbyte> numbers)
    {
        packed = packed[(int)((long)first / Group * _bits)..];
        Span<byte> bytes = MemoryMarshal.AsBytes(numbers);
        int whole = bytes.Length & ~(Group - 1);
        int at = 0;
        int i = 0;
        for (; i <= bytes.Length - FourGroups && at + (3 * _bits) + sizeof(ulong) <= packed.Length; i += FourGroups, at += 4 * _bits)
        {
            Vector256<ulong> words = Vector256.Create(
                BinaryPrimitives.ReadUInt64LittleEndian(packed[at..]),
                BinaryPrimitives.ReadUInt64LittleEndian(packed[(at + _bits)..]),
                BinaryPrimitives.ReadUInt64LittleEndian(packed[(at + (2 * _bits))..]),
                BinaryPrimitives.ReadUInt64LittleEndian(packed[(at + (3 * _bits))..]));
            Spread(words).AsByte().CopyTo(bytes[i..]);
        }

        for (; i < whole && at + sizeof(ulong) <= packed.Length; i += Group, at += _bits)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[i..], Spread(BinaryPrimitives.ReadUInt64LittleEndian(packed[at..])));
        }

        Span<byte> last = stackalloc byte[sizeof(ulong)];
        for (; i < bytes.Length; i += Group, at += _bits)
        {
            last.Clear();
            packed[at..Math.Min(at + _bits, packed.Length)].CopyTo(last);
            BinaryPrimitives.WriteUInt64LittleEndian(last, Spread(BinaryPrimitives.ReadUInt64LittleEndian(last)));
            last[..Math.Min(Group, bytes.Length - i)].CopyTo(bytes[i..]);
        }

        ExtendSigns(numbers);
    }

    // Fields at the bottom of eight bytes → side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Compress(ulong word)
    {
        word = (word & _singles) | ((word >> (8 - _bits)) & (_singles << _bits));
        word = (word & _pairs) | ((word >> (16 - (2 * _bits))) & (_pairs << (2 * _bits)));
        return (word & _quads) | ((word >> (32 - (4 * _bits))) & (_quads << (4 * _bits)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Spread(ulong word)
    {
        word = (word & _quads) | ((word & (_quads << (4 * _bits))) << (32 - (4 * _bits)));
        word = (word & _pairs) | ((word & (_pairs << (2 * _bits))) << (16 - (2 * _bits)));
        return (word & _singles) | ((word & (_singles << _bits)) << (8 - _bits));
    }

    // The same, four words side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<ulong> Spread(Vector256<ulong> words)
    {
        Vector256<ulong> quads = Vector256.Create(_quads);
        Vector256<ulong> pairs = Vector256.Create(_pairs);
        Vector256<ulong> singles = Vector256.Create(_singles);
        words = (words & quads) | ((words & (quads << (4 * _bits))) << (32 - (4 * _bits)));
        words = (words & pairs) | ((words & (pairs << (2 * _bits))) << (16 - (2 * _bits)));
        return (words & singles) | ((words & (singles << _bits)) << (8 - _bits));
    }

    // The highest bit of a field counts negative: flipping it and taking it off again carries it into the bits above.
    private void ExtendSigns(Span<sbyte> numbers)
    {
        sbyte sign = (sbyte)(1 << (_bits - 1));
        Vector256<sbyte> signs = Vector256.Create(sign);
        int step = Vector256<sbyte>.Count;
        int i = 0;
        for (; i <= numbers.Length - step; i += step)
        {
            Span<sbyte> here = numbers.Slice(i, step);
            ((Vector256.Create<sbyte>(here) ^ signs) - signs).CopyTo(here);
        }

        for (; i < numbers.Length; i++)
        {
            numbers[i] = (sbyte)((numbers[i] ^ sign) - sign);
        }
    }
}
