namespace OrleansSgd.Core.Shards;

/// <summary>What a shard knows of each worker: its newest life and the last update it applied from it.</summary>
/// <remarks>
/// An asynchronous worker pushes one update at a time to one shard, with sequences that only rise, so the last sequence
/// is a complete record of what was applied. In synchronous runs round and slot are that record.
/// </remarks>
internal sealed class WorkerTable
{
    private readonly Dictionary<int, Entry> _entries = [];

    private struct Entry
    {
        public int Incarnation;
        public long Sequence;
    }

    /// <summary>Refuses every life of the worker below <paramref name="incarnationMin"/> from now on.</summary>
    public void Fence(int worker, int incarnationMin)
    {
        if (!_entries.TryGetValue(worker, out Entry entry) || entry.Incarnation < incarnationMin)
        {
            _entries[worker] = new Entry { Incarnation = incarnationMin, Sequence = -1 };
        }
    }

    /// <summary>True when a newer life of the worker is known.</summary>
    public bool IsFenced(int worker, int incarnation) =>
        _entries.TryGetValue(worker, out Entry entry) && incarnation < entry.Incarnation;

    /// <summary>True when the update, or a later one of the same life, was recorded.</summary>
    public bool Has(int worker, int incarnation, long sequence) =>
        _entries.TryGetValue(worker, out Entry entry) && entry.Incarnation == incarnation && sequence <= entry.Sequence;

    /// <summary>Records an applied update; the caller has checked <see cref="IsFenced"/>.</summary>
    /// <remarks>A worker that holds several slots of one round is recorded in slot order, so the highest sequence counts.</remarks>
    public void Record(int worker, int incarnation, long sequence)
    {
        if (!Has(worker, incarnation, sequence))
        {
            _entries[worker] = new Entry { Incarnation = incarnation, Sequence = sequence };
        }
    }
}
