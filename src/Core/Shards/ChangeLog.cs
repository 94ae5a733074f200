namespace OrleansSgd.Core.Shards;

/// <summary>Which coordinates the latest updates touched, so that a pull can send only what changed.</summary>
/// <remarks>
/// Bounded: it remembers at most as many coordinates as a changed-coordinates frame may hold before the whole slice
/// is smaller (half of them, since an entry takes 8 bytes and a plain value 4). Older updates fall out, and whoever
/// was away for longer gets the whole slice.
/// </remarks>
internal sealed class ChangeLog
{
    private readonly int[] _changedAt;
    private readonly uint[] _coordinates;
    private readonly Queue<(long Version, int Count)> _updates = new();
    private int _start;
    private int _count;

    // Versions up to this one are forgotten.
    private long _forgotten;

    public ChangeLog(int length, long version)
    {
        _changedAt = new int[length];
        _coordinates = new uint[Math.Max(1, length / 2)];
        _forgotten = version;
        Origin = version;
    }

    /// <summary>The version at which the log began; stamps in the per-coordinate table count from here.</summary>
    private long Origin { get; set; }

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
    public void Record(long version, ReadOnlySpan<uint> coordinates)
    {
        if (coordinates.Length > _coordinates.Length || version - Origin >= int.MaxValue)
        {
            RecordWhole(version);
            if (version - Origin >= int.MaxValue)
            {
                Array.Clear(_changedAt);
                Origin = version;
            }

            return;
        }

        while (_count + coordinates.Length > _coordinates.Length)
        {
            (long oldest, int count) = _updates.Dequeue();
            _start = (_start + count) % _coordinates.Length;
            _count -= count;
            _forgotten = oldest;
        }

        int stamp = (int)(version - Origin);
        int end = (_start + _count) % _coordinates.Length;
        foreach (uint coordinate in coordinates)
        {
            _changedAt[coordinate] = stamp;
            _coordinates[end] = coordinate;
            if (++end == _coordinates.Length)
            {
                end = 0;
            }
        }

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
        int position = _start;
        int count = 0;
        int updates = 0;
        foreach ((long version, int entries) in _updates)
        {
            if (version <= sinceVersion)
            {
                position = (position + entries) % _coordinates.Length;
                continue;
            }

            updates++;
            int stamp = (int)(version - Origin);
            for (int i = 0; i < entries; i++)
            {
                uint coordinate = _coordinates[position];
                if (++position == _coordinates.Length)
                {
                    position = 0;
                }

                // A coordinate touched again later is listed with its last update alone.
                if (_changedAt[coordinate] == stamp)
                {
                    changed[count++] = coordinate;
                }
            }
        }

        if (updates <= 1)
        {
            return count; // one update lists its coordinates in order
        }

        if (count < _changedAt.Length / SortedShareMin)
        {
            changed[..count].Sort();
            return WithoutRepeats(changed[..count]);
        }

        return Scan((int)Math.Max(sinceVersion - Origin, 0), changed);
    }

    // Above this share of the slice, one pass over all stamps is cheaper than sorting.
    private const int SortedShareMin = 64;

    // The contributions of one round have one version, so a coordinate that several of them touch is listed as often.
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

    private int Scan(int stampSince, Span<uint> changed)
    {
        int count = 0;
        for (int i = 0; i < _changedAt.Length; i++)
        {
            changed[count] = (uint)i;
            count += _changedAt[i] > stampSince ? 1 : 0;
            if (count == changed.Length)
            {
                break;
            }
        }

        return count;
    }
}
