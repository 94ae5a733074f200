using System.Runtime.InteropServices;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Core.Samples;

/// <summary>Sparse rows where they lie, checked once: the indices of each ascend below the feature count.</summary>
/// <remarks>
/// Immutable, so any number of threads may read at once. Loops that take each row once need not copy it into a <see cref="SampleBatch"/>. A row's
/// label, indices and values lie side by side, so that a row from anywhere in memory is one run of lines and mostly one page.
/// </remarks>
public sealed class SparseTable
{
    private readonly int[] _starts;
    private readonly int[] _rows; // label, indices, values of the first row, then of the next

    /// <param name="starts">[count + 1], from 0 to the number of entries.</param>
    /// <param name="indices">[entries].</param>
    /// <param name="values">[entries].</param>
    /// <param name="labels">[count].</param>
    /// <param name="featureCount">At least 1.</param>
    /// <remarks>The starts are borrowed for good, the rest is copied.</remarks>
    /// <exception cref="ArgumentException">There are more entries than one table holds, about 10⁹; or lengths do not fit, or a row does not ascend from 0 or more below the feature count.</exception>
    public SparseTable(int[] starts, int[] indices, float[] values, float[] labels, int featureCount)
    {
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        if (starts.Length != labels.Length + 1 || values.Length != indices.Length || starts[0] != 0 || starts[^1] != indices.Length)
        {
            throw new ArgumentException(
                $"{starts.Length} starts, {labels.Length} labels, {indices.Length} indices and {values.Length} values make no rows.");
        }

        if ((2L * indices.Length) + labels.Length > Array.MaxLength)
        {
            throw new ArgumentException($"{indices.Length} entries are more than the {(Array.MaxLength - labels.Length) / 2} that one table holds.");
        }

        _starts = starts;
        _rows = GC.AllocateUninitializedArray<int>((2 * indices.Length) + labels.Length);
        for (int row = 0; row < labels.Length; row++)
        {
            int start = starts[row];
            int length = starts[row + 1] - start;
            if (length < 0 || starts[row + 1] > indices.Length || !SparseIndices.Ascends(indices.AsSpan(start, length), featureCount))
            {
                throw new ArgumentException($"Sparse row {row} has indices that do not ascend below {featureCount}.");
            }

            Span<int> target = _rows.AsSpan(LabelAt(row), 1 + (2 * length));
            target[0] = BitConverter.SingleToInt32Bits(labels[row]);
            indices.AsSpan(start, length).CopyTo(target[1..]);
            MemoryMarshal.Cast<float, int>(values.AsSpan(start, length)).CopyTo(target[(1 + length)..]);
        }

        FeatureCount = featureCount;
    }

    /// <summary>Rows.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Coordinates of one row.</summary>
    public int FeatureCount { get; }

    /// <summary>The features of a row's entries.</summary>
    public ReadOnlySpan<int> Indices(int row) => _rows.AsSpan(LabelAt(row) + 1, _starts[row + 1] - _starts[row]);

    /// <summary>Their values.</summary>
    public ReadOnlySpan<float> Values(int row) => MemoryMarshal.Cast<int, float>(
        _rows.AsSpan(_starts[row] + _starts[row + 1] + row + 1, _starts[row + 1] - _starts[row]));

    /// <summary>A row's label.</summary>
    public float Label(int row) => BitConverter.Int32BitsToSingle(_rows[LabelAt(row)]);

    /// <summary>Asks for a row's memory some time before it is read: rows of a shuffled epoch lie anywhere.</summary>
    public void Announce(int row) => CacheLines.Announce<int>(_rows.AsSpan(LabelAt(row)..LabelAt(row + 1)));

    private int LabelAt(int row) => (2 * _starts[row]) + row;
}
