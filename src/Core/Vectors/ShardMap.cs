namespace OrleansSgd.Core.Vectors;

/// <summary>Cuts the parameter vector into shards of equal length, up to one coordinate.</summary>
public sealed class ShardMap
{
    private readonly ShardRange[] _ranges;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="count">Shards, 1 .. d.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no shards, or more shards than parameters.</exception>
    public ShardMap(int dimension, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, dimension);
        Dimension = dimension;
        _ranges = new ShardRange[count];
        for (int i = 0; i < count; i++)
        {
            _ranges[i] = new ShardRange(
                (int)((long)dimension * i / count), (int)((long)dimension * (i + 1) / count));
        }
    }

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Shards.</summary>
    public int Count => _ranges.Length;

    /// <summary>The range of shard <paramref name="shard"/>, 0 .. Count − 1.</summary>
    public ShardRange this[int shard] => _ranges[shard];
}
