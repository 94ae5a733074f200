namespace OrleansSgd.Certifier.Replay;

/// <summary>A list with indices from a first one that only rises: what lies below is let go. Grows at the end by itself.</summary>
internal sealed class SlidingList<T>(T fill)
{
    private T[] _items = [];
    private int _head;
    private int _count;

    /// <summary>The lowest index that is still there.</summary>
    public long First { get; private set; }

    /// <summary>One past the highest index.</summary>
    public long End => First + _count;

    /// <summary>The item at an index from <see cref="First"/> up to, not including, <see cref="End"/>.</summary>
    public ref T this[long index] => ref _items[(_head + (int)(index - First)) & (_items.Length - 1)];

    /// <summary>Makes the list reach past <paramref name="index"/>, and answers the item there.</summary>
    public ref T Reach(long index)
    {
        long needed = index - First + 1;
        if (needed > _items.Length)
        {
            Grow(needed);
        }

        while (_count < needed)
        {
            _items[(_head + _count++) & (_items.Length - 1)] = fill;
        }

        return ref this[index];
    }

    /// <summary>Lets go of everything below <paramref name="first"/>.</summary>
    public void DropBelow(long first)
    {
        if (first <= First)
        {
            return;
        }

        long dropped = Math.Min(first - First, _count);
        for (long i = 0; i < dropped; i++)
        {
            _items[_head] = fill;
            _head = (_head + 1) & (_items.Length - 1);
        }

        _count -= (int)dropped;
        First = first;
    }

    private void Grow(long needed)
    {
        var items = new T[Math.Max(64, System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)needed))];
        for (int i = 0; i < _count; i++)
        {
            items[i] = _items[(_head + i) & (_items.Length - 1)];
        }

        _items = items;
        _head = 0;
    }
}
