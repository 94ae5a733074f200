using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Samples;

/// <summary>Dense rows of a batch where they lie, as bytes: a coordinate is <see cref="ByteFloats.Convert"/> of one.</summary>
/// <param name="table">Whoever owns the samples owns these, and never changes them.</param>
/// <param name="starts">[count]; where each row begins in the table.</param>
/// <param name="centre">In the units of the bytes.</param>
/// <param name="scale">1 / spread, rounded once.</param>
public readonly ref struct ByteRows(ReadOnlySpan<byte> table, ReadOnlySpan<int> starts, float centre, float scale)
{
    /// <summary>So much of each row a source asks memory for; whoever reads the row asks for the rest of it, so far ahead.</summary>
    public const int BytesAhead = 3 * CacheLines.Size;

    /// <summary>All rows of the source.</summary>
    public ReadOnlySpan<byte> Table { get; } = table;

    /// <summary>[count]; where each row of the batch begins in <see cref="Table"/>.</summary>
    public ReadOnlySpan<int> Starts { get; } = starts;

    /// <summary>What is subtracted from a byte.</summary>
    public float Centre { get; } = centre;

    /// <summary>What the difference is multiplied with.</summary>
    public float Scale { get; } = scale;
}
