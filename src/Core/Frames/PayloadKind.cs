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
}
