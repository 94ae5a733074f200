namespace OrleansSgd.Data.Files;

/// <summary>An array that grows while a file is read, and is then taken without a copy when it is full.</summary>
internal struct GrowingList<T>
{
    private T[] _items;

    public GrowingList()
    {
        _items = [];
    }

    public int Count { get; private set; }

    public readonly T Last => _items[Count - 1];

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, (int)Math.Min(Array.MaxLength, Math.Max(16, _items.Length * 2L)));
        }

        _items[Count++] = item;
    }

    public T[] Take()
    {
        Array.Resize(ref _items, Count);
        return _items;
    }
}
