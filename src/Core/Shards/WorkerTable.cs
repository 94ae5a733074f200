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
        public long Ticket;
        public FenceReport Applied;
    }

    /// <summary>Refuses every life of the worker below <paramref name="incarnationMin"/> from now on.</summary>
    public void Fence(int worker, int incarnationMin)
    {
        if (!_entries.TryGetValue(worker, out Entry entry) || entry.Incarnation < incarnationMin)
        {
            // What its last life had applied is asked for after the fence, too.
            (long ticket, FenceReport applied) = LastOf(worker);
            _entries[worker] = new Entry { Incarnation = incarnationMin, Sequence = -1, Ticket = ticket, Applied = applied };
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
    public void Record(int worker, int incarnation, long sequence, long ticket = -1, FenceReport applied = default)
    {
        if (!Has(worker, incarnation, sequence))
        {
            _entries[worker] = new Entry { Incarnation = incarnation, Sequence = sequence, Ticket = ticket, Applied = applied };
        }
    }

    /// <summary>The ticket of the worker that was recorded last, in any of its lives, and what is known of it; −1 for none.</summary>
    public (long Ticket, FenceReport Applied) LastOf(int worker) =>
        _entries.TryGetValue(worker, out Entry entry) ? (entry.Ticket, entry.Applied) : (-1, default);
}
