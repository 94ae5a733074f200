using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Grains.Workers;

/// <summary>Rows of the epoch's shuffled order: which they are, and their samples as gradients see them.</summary>
/// <remarks>The same rows of the same epoch are the same batch, bit for bit, whether they were read ahead or not.</remarks>
/// <param name="samples">The training set.</param>
/// <param name="seed">Of the order.</param>
/// <param name="batchMax">Most rows at once.</param>
/// <param name="transform">Changes what was read; null for nothing.</param>
/// <param name="batchesAhead">Batches of the lease that are read while a gradient is computed; 0 for none.</param>
/// <param name="takesBytes">Whether gradients read bytes where they lie; what is read ahead or changed is made floats all the same.</param>
internal sealed class BatchReader(
    ISampleSource samples, ulong seed, int batchMax, ISampleTransform? transform = null, int batchesAhead = 0, bool takesBytes = false)
{
    private readonly BatchPrefetch? _prefetch = batchesAhead > 0 ? new(samples, transform, batchMax, batchesAhead) : null;
    private readonly SampleBatch _batch = new() { TakesBytes = takesBytes && transform is null };
    private readonly int[] _rows = new int[batchMax];
    private SeededPermutation _order = new(samples.Count, seed, 0);
    private int _epoch;
    private int _length;
    private int _next;
    private int _end;

    /// <summary>Samples of one epoch.</summary>
    public int SampleCount => samples.Count;

    /// <summary>The rows at positions of an epoch's order; valid until the next call.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="start">First position.</param>
    /// <param name="length">1 to the largest batch.</param>
    /// <param name="end">Positions up to here come next, as many at a time; the end of the lease.</param>
    public EpochRows Rows(int epoch, int start, int length, int end)
    {
        if (epoch != _epoch)
        {
            _epoch = epoch;
            _order = new SeededPermutation(samples.Count, seed, (ulong)epoch);
        }

        Span<int> rows = _rows.AsSpan(0, length);
        _order.Fill(start, rows);
        _length = length;
        _next = start + length;
        _end = end;
        return new(epoch, rows);
    }

    /// <summary>The samples of the rows; valid until the next call.</summary>
    public SampleBatch Read(EpochRows rows)
    {
        SampleBatch? batch = _prefetch?.Take(rows);
        if (_next < _end)
        {
            _prefetch?.Announce(_order, _epoch, _next, _length, _end);
            _next = _end;
        }

        if (batch is null)
        {
            samples.Read(rows.Rows, _batch);
            transform?.Apply(_batch, rows.Rows, rows.Epoch);
        }

        return batch ?? _batch;
    }
}

/// <summary>Rows of the data set as they are in one epoch.</summary>
/// <param name="epoch">From 0.</param>
/// <param name="rows">Row numbers; borrowed.</param>
internal readonly ref struct EpochRows(int epoch, ReadOnlySpan<int> rows)
{
    /// <summary>From 0.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Row numbers.</summary>
    public ReadOnlySpan<int> Rows { get; } = rows;

    /// <summary>How many.</summary>
    public int Length => Rows.Length;

    /// <summary>Some of the rows, in the same epoch.</summary>
    public EpochRows this[Range part] => new(Epoch, Rows[part]);
}
