namespace OrleansSgd.Core.Samples;

/// <summary>Read access to one data set: samples by row number, 0 .. <see cref="Count"/> − 1.</summary>
/// <remarks>Implementations are immutable once opened, so any number of threads may read at once.</remarks>
public interface ISampleSource
{
    /// <summary>Samples in the set; at least 1.</summary>
    int Count { get; }

    /// <summary>Coordinates of one sample.</summary>
    int FeatureCount { get; }

    /// <summary>Extents of one sample, row-major, such as [1, 28, 28] for a grey image; their product is <see cref="FeatureCount"/>.</summary>
    IReadOnlyList<int> Shape => [FeatureCount];

    /// <summary>Classes the labels name (labels are 0 .. ClassCount − 1), or 0 when labels are real-valued targets.</summary>
    int ClassCount { get; }

    /// <summary>True when <see cref="Read"/> fills sparse batches.</summary>
    bool IsSparse { get; }

    /// <summary>The table that sparse rows lie in, for loops that need no copy of them; null where there is none.</summary>
    SparseTable? Table => null;

    /// <summary>Row numbers of this set become those of <see cref="Table"/>.</summary>
    void ToTable(Span<int> rows)
    {
        // The same numbers, unless this is some rows of another set.
    }

    /// <summary>Reads the named rows, in that order, into <paramref name="batch"/>, or lends them to one that takes bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row number is outside [0, Count).</exception>
    void Read(ReadOnlySpan<int> rows, SampleBatch batch);
}
