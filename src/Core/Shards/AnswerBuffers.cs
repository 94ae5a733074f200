namespace OrleansSgd.Core.Shards;

/// <summary>The answer buffers of one shard: one a worker and kind of request, used again and again.</summary>
/// <remarks>
/// A worker sends its next request of a kind to a shard only after it has used the answer to the last one, so the
/// arrival of a higher number frees the buffer. A repeated request gets a buffer of its own, because the first answer
/// may still be on its way. A buffer that the shard itself still reads is put aside, and used again when there is another such.
/// </remarks>
public sealed class AnswerBuffers
{
    private readonly Dictionary<int, Entry> _entries = [];
    private byte[] _aside = [];

    private struct Entry
    {
        public int Incarnation;
        public long Number;
        public byte[] Buffer;
    }

    /// <summary>A buffer of at least <paramref name="size"/> bytes for the answer to request <paramref name="number"/>.</summary>
    /// <param name="inUse">One that is not to be given; null for none.</param>
    public byte[] Take(int worker, int incarnation, long number, int size, byte[]? inUse = null)
    {
        bool isKnown = _entries.TryGetValue(worker, out Entry entry) && entry.Incarnation == incarnation;
        if (isKnown && number <= entry.Number)
        {
            return GC.AllocateUninitializedArray<byte>(size);
        }

        byte[] buffer = isKnown ? entry.Buffer : [];
        if (buffer == inUse)
        {
            (buffer, _aside) = (_aside, buffer);
        }

        if (buffer.Length < size)
        {
            buffer = GC.AllocateUninitializedArray<byte>(size);
        }

        _entries[worker] = new Entry { Incarnation = incarnation, Number = number, Buffer = buffer };
        return buffer;
    }
}
