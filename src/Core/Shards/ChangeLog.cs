using System.Numerics;

namespace OrleansSgd.Core.Shards;

/// <summary>Which coordinates the latest updates touched, so that a pull can send only what changed.</summary>
/// <remarks>
/// Bounded: it remembers at most as many coordinates as a changed-coordinates frame may hold before the whole slice
/// is smaller (half of them, since an entry takes 8 bytes and a plain value 4). Older updates fall out, and whoever
/// was away for longer gets the whole slice.
/// </remarks>
internal sealed class ChangeLog
{
    // Below this share of the slice, sorting is cheaper than a pass over one bit a coordinate.
    private const int SortedShareMin = 4096;
    private const int WordBits = 64;

    private readonly int _length;
    private readonly uint[] _coordinates;
    private readonly Queue<(long Version, int Count)> _updates = new();

    // One bit a coordinate, all 0 between calls: small enough for the caches where a stamp a coordinate is not.
    private readonly ulong[] _marks;
    private int _start;
    private int _count;

    // Versions up to this one are forgotten.
    private long _forgotten;

    public ChangeLog(int length, long version)
    {
        _length = length;
        _coordinates = new uint[Math.Max(1, length / 2)];
        _marks = new ulong[(length + WordBits - 1) / WordBits];
        _forgotten = version;
    }

    /// <summary>True when every change after <paramref name="sinceVersion"/> is remembered.</summary>
    public bool Covers(long sinceVersion) => sinceVersion >= _forgotten;

    /// <summary>Records that the update which made <paramref name="version"/> may have touched everything.</summary>
    public void RecordWhole(long version)
    {
        _updates.Clear();
        _start = _count = 0;
        _forgotten = version;
    }

    /// <summary>Records the coordinates of the update which made <paramref name="version"/>.</summary>
    /// <param name="version">Not below that of any update before.</param>
    /// <param name="coordinates">Strictly ascending, below the shard's length.</param>
    public void Record(long version, ReadOnlySpan<uint> coordinates)
    {
        if (coordinates.Length > _coordinates.Length)
        {
            RecordWhole(version);
            return;
        }

        while (_count + coordinates.Length > _coordinates.Length)
        {
            (long oldest, int count) = _updates.Dequeue();
            _start = (_start + count) % _coordinates.Length;
            _count -= count;
            _forgotten = oldest;
        }

        int end = (_start + _count) % _coordinates.Length;
        int first = Math.Min(coordinates.Length, _coordinates.Length - end);
        coordinates[..first].CopyTo(_coordinates.AsSpan(end));
        coordinates[first..].CopyTo(_coordinates);
        _count += coordinates.Length;
        _updates.Enqueue((version, coordinates.Length));
    }

    /// <summary>
    /// Writes the coordinates changed after <paramref name="sinceVersion"/>, each once, ascending; returns their count.
    /// </summary>
    /// <param name="sinceVersion">A version the log covers.</param>
    /// <param name="changed">Room for half the shard's length.</param>
    public int Collect(long sinceVersion, Span<uint> changed)
    {
        int updates = 0;
        int count = 0;
        foreach ((long version, int entries) in _updates)
        {
            if (version > sinceVersion)
            {
                updates++;
                count += entries;
            }
        }

        int start = (_start + _count - count) % _coordinates.Length;
        int first = Math.Min(count, _coordinates.Length - start);
        _coordinates.AsSpan(start, first).CopyTo(changed);
        _coordinates.AsSpan(0, count - first).CopyTo(changed[first..]);
        if (updates <= 1)
        {
            return count; // one update lists its coordinates in order
        }

        if (count >= _length / SortedShareMin)
        {
            Mark(changed[..count]);
            return TakeMarked(changed);
        }

        changed[..count].Sort();
        return WithoutRepeats(changed[..count]);
    }

    private static int WithoutRepeats(Span<uint> sorted)
    {
        int kept = 0;
        foreach (uint coordinate in sorted)
        {
            if (kept == 0 || sorted[kept - 1] != coordinate)
            {
                sorted[kept++] = coordinate;
            }
        }

        return kept;
    }

    private void Mark(ReadOnlySpan<uint> coordinates)
    {
        foreach (uint coordinate in coordinates)
        {
            _marks[coordinate / WordBits] |= 1UL << (int)(coordinate % WordBits);
        }
    }

    private int TakeMarked(Span<uint> changed)
    {
        int count = 0;
        for (int word = 0; word < _marks.Length; word++)
        {
            ulong marks = _marks[word];
            if (marks == 0)
            {
                continue;
            }

            _marks[word] = 0;
            uint first = (uint)word * WordBits;
            for (; marks != 0; marks &= marks - 1)
            {
                changed[count++] = first + (uint)BitOperations.TrailingZeroCount(marks);
            }
        }

        return count;
    }
}
