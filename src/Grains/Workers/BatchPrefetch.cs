using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Grains.Workers;

/// <summary>Reads the next batches of a lease on threads of the pool while a gradient is computed.</summary>
/// <remarks>
/// <para>A batch that nobody has begun when it is wanted is read by whoever wants it, so a pool without a free thread costs nothing
/// but the advantage. One that was announced and is not wanted after all (the lease ended, a probe read half of it) is dropped.</para>
/// <para>Memory: batches ahead + 1, for the one in use. Nothing is allocated once they have grown.</para>
/// <para>Called by one thread at a time.</para>
/// </remarks>
internal sealed class BatchPrefetch
{
    private readonly PrefetchedBatch[] _slots;
    private readonly int _ahead;
    private PrefetchedBatch? _inUse;

    /// <param name="samples">May be read by any number of threads at once.</param>
    /// <param name="transform">May be used by any number of threads at once; null for nothing.</param>
    /// <param name="batchMax">Most rows of a batch.</param>
    /// <param name="ahead">Batches read ahead; 1 or more.</param>
    public BatchPrefetch(ISampleSource samples, ISampleTransform? transform, int batchMax, int ahead)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ahead, 1);
        _ahead = ahead;
        _slots = new PrefetchedBatch[ahead + 1];
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i] = new PrefetchedBatch(samples, transform, batchMax);
        }
    }

    /// <summary>The batch of exactly these rows; null when it was not announced. The batch taken before is given back.</summary>
    public SampleBatch? Take(EpochRows rows)
    {
        _inUse?.Drop();
        _inUse = null;
        foreach (PrefetchedBatch slot in _slots)
        {
            if (slot.Holds(rows))
            {
                if (!slot.Finish())
                {
                    return null;
                }

                _inUse = slot;
                return slot.Batch;
            }
        }

        return null;
    }

    /// <summary>Has the next batches read: positions <paramref name="start"/> to <paramref name="end"/>, <paramref name="length"/> at a time.</summary>
    public void Announce(SeededPermutation order, int epoch, int start, int length, int end)
    {
        long last = Math.Min(end, start + ((long)_ahead * length));
        foreach (PrefetchedBatch slot in _slots)
        {
            if (slot != _inUse && !slot.IsWithin(epoch, start, (int)last))
            {
                slot.Drop();
            }
        }

        for (int position = start; position < last; position += length)
        {
            Ask(order, epoch, position, Math.Min(length, end - position));
        }
    }

    private void Ask(SeededPermutation order, int epoch, int start, int length)
    {
        PrefetchedBatch? free = null;
        foreach (PrefetchedBatch slot in _slots)
        {
            if (slot.IsAt(epoch, start, length))
            {
                return;
            }

            free = slot.IsFree ? slot : free;
        }

        free?.Ask(order, epoch, start, length);
    }
}
