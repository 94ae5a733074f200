namespace OrleansSgd.Core.Samples;

/// <summary>The rows of one mini-batch, dense or sparse, in buffers that grow and are then reused.</summary>
/// <remarks>
/// <para>Shapes: dense features are [count, featureCount] row-major in <see cref="Dense"/>. Sparse features are
/// CSR: row i has the entries <see cref="RowStarts"/>[i] .. <see cref="RowStarts"/>[i+1] of <see cref="Indices"/> and
/// <see cref="Values"/>, ascending by index. Labels are [count]: a class number for classifiers, −1/+1 never
/// appears (binary classes are 0 and 1), the target itself for regression.</para>
/// <para>Dense rows that a source keeps as bytes stay there if the batch takes them so: <see cref="Bytes"/> says where.</para>
/// <para>Owned by one worker; not thread-safe.</para>
/// </remarks>
public sealed class SampleBatch
{
    private float[] _dense = [];
    private int[] _rowStarts = new int[1];
    private int[] _indices = [];
    private float[] _values = [];
    private float[] _labels = [];
    private byte[] _bytes = [];
    private int[] _byteStarts = [];
    private float _centre;
    private float _scale;

    /// <summary>Rows in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Coordinates of one row.</summary>
    public int FeatureCount { get; private set; }

    /// <summary>True when the rows are in CSR form and <see cref="Dense"/> is empty.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>Whether a source of bytes is to leave them where they are; see <see cref="IModel.TakesBytes"/>.</summary>
    public bool TakesBytes { get; init; }

    /// <summary>True when the rows are bytes of their source and <see cref="Dense"/> is empty.</summary>
    public bool IsBytes { get; private set; }

    /// <summary>[count × featureCount], row-major; empty for a sparse batch and for one of bytes.</summary>
    public Span<float> Dense => IsSparse || IsBytes ? [] : _dense.AsSpan(0, Count * FeatureCount);

    /// <summary>Where the rows lie; meaningful for a batch of bytes.</summary>
    public ByteRows Bytes => new(_bytes, _byteStarts.AsSpan(0, Count), _centre, _scale);

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

    /// <summary>Has the batch be rows of a table of bytes; their labels are undefined until written.</summary>
    /// <param name="table">[rows × <paramref name="featureCount"/>]; borrowed, never written.</param>
    /// <param name="rows">Numbers of rows in the table.</param>
    /// <param name="centre">In the units of the bytes.</param>
    /// <param name="scale">1 / spread, rounded once.</param>
    /// <exception cref="InvalidOperationException">The batch does not take bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in the table.</exception>
    public void LendBytes(byte[] table, ReadOnlySpan<int> rows, int featureCount, float centre, float scale)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        if (!TakesBytes)
        {
            throw new InvalidOperationException("The batch takes no bytes: give it dense rows.");
        }

        Reset(rows.Length, featureCount, isSparse: false);
        IsBytes = true;
        _bytes = table;
        _centre = centre;
        _scale = scale;
        Grow(ref _byteStarts, rows.Length);
        int rowCount = table.Length / featureCount;
        for (int i = 0; i < rows.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)rows[i], (uint)rowCount, nameof(rows));
            _byteStarts[i] = rows[i] * featureCount;
        }
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
        IsBytes = false;
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
