using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Frames;

/// <summary>How the coordinates of one shard fall into buckets that are cut over the whole vector.</summary>
/// <param name="Length">Coordinates of the shard, at least 1.</param>
/// <param name="Bucket">Coordinates of a bucket, at least 1. Bucket b is [b · Bucket, (b + 1) · Bucket) of the whole vector.</param>
/// <param name="Offset">Coordinates of the shard's first bucket that lie before the shard, 0 .. Bucket − 1.</param>
/// <remarks>A bucket that a shard boundary cuts is in both shards' maps, so both get its scale and decode it alike.</remarks>
internal readonly record struct BucketMap(int Length, int Bucket, int Offset)
{
    /// <summary>The map of a range of the whole vector.</summary>
    public static BucketMap Of(ShardRange range, int bucket) => new(range.Length, bucket, range.Start % bucket);

    /// <summary>Buckets of a whole vector.</summary>
    public static int CountFor(int dimension, int bucket) => new BucketMap(dimension, bucket, 0).Count;

    /// <summary>Buckets with at least one coordinate in the shard.</summary>
    public int Count => (int)(((long)Offset + Length + Bucket - 1) / Bucket);

    /// <summary>The bucket, counted from the shard's first, of a coordinate of the shard.</summary>
    public int IndexOf(int coordinate) => (int)(((long)Offset + coordinate) / Bucket);

    /// <summary>One past the last coordinate of the shard in a bucket.</summary>
    public int EndOf(int index) => (int)Math.Min(Length, ((index + 1L) * Bucket) - Offset);
}
