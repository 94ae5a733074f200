namespace OrleansSgd.Core.Samples;

/// <summary>The rows of one mini-batch, dense or sparse, in buffers that grow and are then reused.</summary>
/// <remarks>
/// <para>Shapes: dense features are [count, featureCount] row-major in <see cref="Dense"/>. Sparse features are
/// CSR: row i has the entries <see cref="RowStarts"/>[i] .. <see cref="RowStarts"/>[i+1] of <see cref="Indices"/> and
/// <see cref="Values"/>, ascending by index. Labels are [count]: a class number for classifiers, −1/+1 never
/// appears (binary classes are 0 and 1), the target itself for regression.</para>
/// <para>Owned by one worker; not thread-safe.</para>
/// </remarks>
public sealed class SampleBatch
{
    private float[] _dense = [];
    private int[] _rowStarts = new int[1];
    private int[] _indices = [];
    private float[] _values = [];
    private float[] _labels = [];

    /// <summary>Rows in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Coordinates of one row.</summary>
    public int FeatureCount { get; private set; }

    /// <summary>True when the rows are in CSR form and <see cref="Dense"/> is empty.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>[count × featureCount], row-major; empty for a sparse batch.</summary>
    public Span<float> Dense => IsSparse ? [] : _dense.AsSpan(0, Count * FeatureCount);

    /// <summary>[count + 1]; meaningful for a sparse batch.</summary>
    public Span<int> RowStarts => _rowStarts.AsSpan(0, Count + 1);

    /// <summary>[entries], ascending within a row; meaningful for a sparse batch.</summary>
    public Span<int> Indices => _indices.AsSpan(0, _rowStarts[Count]);

    /// <summary>[entries]; meaningful for a sparse batch.</summary>
    public Span<float> Values => _values.AsSpan(0, _rowStarts[Count]);

    /// <summary>[count].</summary>
    public Span<float> Labels => _labels.AsSpan(0, Count);

    /// <summary>Makes room for <paramref name="count"/> dense rows; their contents are undefined until written.</summary>
    public void ResizeDense(int count, int featureCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        Reset(count, featureCount, isSparse: false);
        Grow(ref _dense, checked(count * featureCount));
    }

    /// <summary>Makes room for <paramref name="count"/> sparse rows with <paramref name="entryCount"/> entries in all.</summary>
    /// <remarks>The caller then fills <see cref="RowStarts"/> (from 0 to entryCount), indices, values and labels.</remarks>
    public void ResizeSparse(int count, int featureCount, int entryCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(entryCount);
        Reset(count, featureCount, isSparse: true);
        Grow(ref _rowStarts, count + 1);
        Grow(ref _indices, entryCount);
        Grow(ref _values, entryCount);
        _rowStarts[0] = 0;
        _rowStarts[count] = entryCount;
    }

    private void Reset(int count, int featureCount, bool isSparse)
    {
        Count = count;
        FeatureCount = featureCount;
        IsSparse = isSparse;
        Grow(ref _labels, count);
        Grow(ref _rowStarts, count + 1);
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = GC.AllocateUninitializedArray<T>(Math.Max(length, array.Length * 2));
        }
    }
}
