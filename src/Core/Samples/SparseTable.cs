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
    private readonly int[] _places; // [count + 1]; where each row begins among the words
    private readonly int[] _words; // the first row, then the next

    /// <param name="starts">[count + 1], from 0 to the number of entries.</param>
    /// <param name="indices">[entries].</param>
    /// <param name="values">[entries].</param>
    /// <param name="labels">[count].</param>
    /// <param name="featureCount">At least 1.</param>
    /// <remarks>The starts are borrowed for good, the rest is copied.</remarks>
    /// <exception cref="ArgumentException">There are more entries than one table holds, about 10⁹ (each row counts as a multiple of four); or lengths do not fit, or a row does not ascend from 0 or more below the feature count.</exception>
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

        _starts = starts;
        _places = new int[starts.Length];
        long place = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            int length = starts[row + 1] - starts[row];
            if (length < 0 || starts[row + 1] > indices.Length || !SparseIndices.Ascends(indices.AsSpan(starts[row], length), featureCount))
            {
                throw new ArgumentException($"Sparse row {row} has indices that do not ascend below {featureCount}.");
            }

            place += PaddedRow.SizeOf(length);
            if (place > Array.MaxLength)
            {
                throw new ArgumentException($"{indices.Length} entries are more than the {Array.MaxLength / 2} or so that one table holds; up to row {row} they take its room.");
            }

            _places[row + 1] = (int)place;
        }

        _words = GC.AllocateUninitializedArray<int>((int)place);
        for (int row = 0; row < labels.Length; row++)
        {
            Range entries = starts[row]..starts[row + 1];
            PaddedRow.Write(_words.AsSpan(_places[row].._places[row + 1]), labels[row], indices.AsSpan(entries), values.AsSpan(entries));
        }

        FeatureCount = featureCount;
    }

    /// <summary>Rows.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Coordinates of one row.</summary>
    public int FeatureCount { get; }

    /// <summary>The features of a row's entries.</summary>
    public ReadOnlySpan<int> Indices(int row)
    {
        ReadOnlySpan<int> padded = this[row].Indices;
        return padded[(padded.Length - LengthOf(row))..];
    }

    /// <summary>Their values.</summary>
    public ReadOnlySpan<float> Values(int row)
    {
        ReadOnlySpan<float> padded = this[row].Values;
        return padded[(padded.Length - LengthOf(row))..];
    }

    /// <summary>A row's label.</summary>
    public float Label(int row) => this[row].Label;

    /// <summary>A row as it lies.</summary>
    public PaddedRow this[int row] => new(Words(row));

    /// <summary>The same of a row that was announced, without looking up where it is.</summary>
    public PaddedRow this[RowPlace place] => new(_words.AsSpan(place.Start, place.Length));

    /// <summary>Asks for a row's memory some time before it is read: rows of a shuffled epoch lie anywhere.</summary>
    public RowPlace Announce(int row)
    {
        var place = new RowPlace(_places[row], _places[row + 1] - _places[row]);
        CacheLines.Announce<int>(_words.AsSpan(place.Start, place.Length));
        return place;
    }

    private int LengthOf(int row) => _starts[row + 1] - _starts[row];

    private ReadOnlySpan<int> Words(int row) => _words.AsSpan(_places[row].._places[row + 1]);
}

/// <summary>Where a row of a <see cref="SparseTable"/> lies.</summary>
/// <param name="Start">Its first word.</param>
/// <param name="Length">Words.</param>
public readonly record struct RowPlace(int Start, int Length);
