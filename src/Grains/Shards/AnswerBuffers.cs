namespace OrleansSgd.Grains.Shards;

/// <summary>The answer buffers of one shard: one a worker and kind of request, used again and again.</summary>
/// <remarks>
/// A worker sends its next request of a kind to a shard only after it has used the answer to the last one, so the
/// arrival of a higher number frees the buffer. A repeated request gets a buffer of its own, because the first answer
/// may still be on its way.
/// </remarks>
internal sealed class AnswerBuffers
{
    private readonly Dictionary<int, Entry> _entries = [];

    private struct Entry
    {
        public int Incarnation;
        public long Number;
        public byte[] Buffer;
    }

    /// <summary>A buffer of at least <paramref name="size"/> bytes for the answer to request <paramref name="number"/>.</summary>
    public byte[] Take(int worker, int incarnation, long number, int size)
    {
        bool isKnown = _entries.TryGetValue(worker, out Entry entry) && entry.Incarnation == incarnation;
        if (isKnown && number > entry.Number && entry.Buffer.Length >= size)
        {
            entry.Number = number;
            _entries[worker] = entry;
            return entry.Buffer;
        }

        byte[] buffer = GC.AllocateUninitializedArray<byte>(size);
        if (!isKnown || number > entry.Number)
        {
            _entries[worker] = new Entry { Incarnation = incarnation, Number = number, Buffer = buffer };
        }

        return buffer;
    }
}
