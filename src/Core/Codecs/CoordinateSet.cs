using System.Numerics;
using System.Runtime.InteropServices;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Codecs;

/// <summary>Some of the coordinates 0 .. d − 1, one bit each.</summary>
/// <remarks>Bit i of the bytes, low bit first, is coordinate i; bits from d on are 0. Counting a range reads d/64 words at most.</remarks>
internal sealed class CoordinateSet
{
    private const int WordBits = 64;

    private readonly ulong[] _words;
    private readonly int _dimension;

    public CoordinateSet(int dimension)
    {
        _dimension = dimension;
        _words = new ulong[(dimension + WordBits - 1L) / WordBits];
    }

    /// <summary>The bits, for loops that make eight at a time. Those from d on stay 0.</summary>
    public Span<byte> Bytes => MemoryMarshal.AsBytes(_words.AsSpan());

    public void Clear() => Array.Clear(_words);

    public bool Contains(int coordinate) => ((_words[coordinate / WordBits] >> (coordinate % WordBits)) & 1) != 0;

    public void Add(int coordinate) => _words[coordinate / WordBits] |= 1UL << (coordinate % WordBits);

    public void Remove(int coordinate) => _words[coordinate / WordBits] &= ~(1UL << (coordinate % WordBits));

    /// <summary>Adds what is missing and removes what is there.</summary>
    public void Invert()
    {
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] = ~_words[i];
        }

        if (_dimension % WordBits != 0)
        {
            _words[^1] &= (1UL << (_dimension % WordBits)) - 1;
        }
    }

    /// <summary>The first coordinate of the set that is not below <paramref name="start"/>; d or more when there is none.</summary>
    public int FirstFrom(int start)
    {
        int index = start / WordBits;
        if (index >= _words.Length)
        {
            return _dimension;
        }

        ulong word = _words[index] & (ulong.MaxValue << (start % WordBits));
        while (word == 0)
        {
            if (++index == _words.Length)
            {
                return _dimension;
            }

            word = _words[index];
        }

        return (index * WordBits) + BitOperations.TrailingZeroCount(word);
    }

    /// <summary>How many coordinates of the range are in the set.</summary>
    public int Count(ShardRange range)
    {
        (ReadOnlySpan<ulong> words, ulong first, ulong last) = WordsOf(range);
        if (words.Length == 1)
        {
            return BitOperations.PopCount(words[0] & first & last);
        }

        int count = BitOperations.PopCount(words[0] & first) + BitOperations.PopCount(words[^1] & last);
        foreach (ulong word in words[1..^1])
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Whether any coordinate of the range is in the set.</summary>
    public bool HasAny(ShardRange range)
    {
        (ReadOnlySpan<ulong> words, ulong first, ulong last) = WordsOf(range);
        return words.Length == 1
            ? (words[0] & first & last) != 0
            : (words[0] & first) != 0 || (words[^1] & last) != 0 || words[1..^1].ContainsAnyExcept(0UL);
    }

    /// <summary>Whether every coordinate of the range is in the set.</summary>
    public bool HasAll(ShardRange range)
    {
        (ReadOnlySpan<ulong> words, ulong first, ulong last) = WordsOf(range);
        return words.Length == 1
            ? (~words[0] & first & last) == 0
            : (~words[0] & first) == 0 && (~words[^1] & last) == 0 && !words[1..^1].ContainsAnyExcept(ulong.MaxValue);
    }

    /// <summary>Writes the bits of the range from bit 0 on; bits left over in the last byte are 0.</summary>
    /// <param name="plane">⌈range length / 8⌉ bytes.</param>
    public void CopyTo(ShardRange range, Span<byte> plane)
    {
        for (int at = range.Start; at < range.End; at += WordBits)
        {
            ulong word = WordAt(at, range.End);
            if (plane.Length >= sizeof(ulong))
            {
                MemoryMarshal.Write(plane, word);
                plane = plane[sizeof(ulong)..];
                continue;
            }

            for (int i = 0; i < plane.Length; i++, word >>= 8)
            {
                plane[i] = (byte)word;
            }
        }
    }

    /// <summary>Writes the range's coordinates that are in the set, ascending, counted from the start of the range.</summary>
    /// <param name="indices">[<see cref="Count"/>].</param>
    public void CopyIndicesTo(ShardRange range, Span<uint> indices)
    {
        (ReadOnlySpan<ulong> words, ulong first, ulong last) = WordsOf(range);
        int place = (range.Start / WordBits * WordBits) - range.Start;
        int count = 0;
        for (int i = 0; i < words.Length; i++, place += WordBits)
        {
            ulong word = words[i] & (i == 0 ? first : ulong.MaxValue) & (i == words.Length - 1 ? last : ulong.MaxValue);
            for (; word != 0; word &= word - 1)
            {
                indices[count++] = (uint)(place + BitOperations.TrailingZeroCount(word));
            }
        }
    }

    // The words that hold the range, and which bits of the first and of the last one belong to it.
    private WordRange WordsOf(ShardRange range)
    {
        int first = range.Start / WordBits;
        int last = (range.End - 1) / WordBits;
        return new(
            _words.AsSpan(first, last - first + 1),
            ulong.MaxValue << (range.Start % WordBits),
            ulong.MaxValue >> (WordBits - 1 - ((range.End - 1) % WordBits)));
    }

    // The 64 bits from a coordinate on, those of end and beyond 0.
    private ulong WordAt(int start, int end)
    {
        int index = start / WordBits;
        int shift = start % WordBits;
        ulong word = _words[index] >> shift;
        if (shift != 0 && index + 1 < _words.Length)
        {
            word |= _words[index + 1] << (WordBits - shift);
        }

        int length = end - start;
        return length >= WordBits ? word : word & ((1UL << length) - 1);
    }

    private readonly ref struct WordRange(ReadOnlySpan<ulong> words, ulong first, ulong last)
    {
        private readonly ReadOnlySpan<ulong> _words = words;

        public void Deconstruct(out ReadOnlySpan<ulong> words, out ulong firstBits, out ulong lastBits)
        {
            words = _words;
            firstBits = first;
            lastBits = last;
        }
    }
}
