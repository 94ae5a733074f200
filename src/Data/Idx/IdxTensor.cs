namespace OrleansSgd.Data.Idx;

/// <summary>The element types of IDX that are read.</summary>
public enum IdxType
{
    /// <summary>Unsigned bytes, code 0x08.</summary>
    Bytes = 0x08,

    /// <summary>32-bit floats, big-endian in the file, code 0x0D.</summary>
    Floats = 0x0D,
}

/// <summary>One IDX file in memory: an array of rank 1 to 4, row-major, the first extent counting rows.</summary>
public sealed class IdxTensor
{
    internal IdxTensor(string name, int rowsInFile, int[] shape, byte[]? bytes, float[]? floats)
    {
        Name = name;
        RowsInFile = rowsInFile;
        Shape = shape;
        Bytes = bytes;
        Floats = floats;
    }

    /// <summary>The file, for errors.</summary>
    public string Name { get; }

    /// <summary>Rows the file has; <see cref="Shape"/> may hold fewer, when a limit was asked for.</summary>
    public int RowsInFile { get; }

    /// <summary>Extents of what was read; each at least 1.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Rows that were read: the first extent.</summary>
    public int RowCount => Shape[0];

    /// <summary>Elements of one row: the product of the other extents; 1 for rank 1.</summary>
    public int RowLength => Shape.Skip(1).Aggregate(1, (product, extent) => product * extent);

    /// <summary>Extents of one row as a sample: [1, rows, columns] for grey images of rank 3, else the extents after the first.</summary>
    /// <remarks>Rank 4 is [count, channels, rows, columns].</remarks>
    public IReadOnlyList<int> RowShape => Shape.Count == 3 ? [1, .. Shape.Skip(1)] : [.. Shape.Skip(1)];

    /// <summary>What the elements are.</summary>
    public IdxType Type => Bytes is null ? IdxType.Floats : IdxType.Bytes;

    /// <summary>The elements when they are bytes, else null.</summary>
    public byte[]? Bytes { get; }

    /// <summary>The elements when they are floats, each finite, else null.</summary>
    public float[]? Floats { get; }
}
