namespace OrleansSgd.Core.Frames;

/// <summary>How the values of a frame are laid out. On the wire: values are explicit and only ever appended.</summary>
public enum PayloadKind : byte
{
    /// <summary>No bytes: nothing to subtract, or nothing changed.</summary>
    None = 0,

    /// <summary>One f32 for every coordinate of the shard.</summary>
    Dense = 1,

    /// <summary>u32 indices within the shard, strictly ascending, then as many f32 values.</summary>
    Sparse = 2,

    /// <summary>One step a bucket, and for every coordinate a whole number of steps in 2 to 8 bits. Pushes only.</summary>
    Levels = 3,

    /// <summary>One or two scales a bucket, and one bit for every coordinate; where zeros occur, a second one. Pushes only.</summary>
    Signs = 4,

    /// <summary>One bfloat16 for every coordinate of the shard. Pushes only.</summary>
    DenseBfloat16 = 5,

    /// <summary>u32 indices within the shard, strictly ascending, then as many bfloat16 values. Pushes only.</summary>
    SparseBfloat16 = 6,

    /// <summary>One f32 that every value is multiplied by, then one f32 for every coordinate of the shard. Pushes only.</summary>
    DenseScaled = 7,
}
