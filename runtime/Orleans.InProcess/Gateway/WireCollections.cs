using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Orleans.Gateway;

/// <summary>Something made of items of one type.</summary>
internal abstract class ItemsCodec<TAll, T> : WireCodec
    where TAll : notnull
{
    public override void Write(WireWriter to, object value) => WireItems.Write(to, Items((TAll)value));

    public override object Read(WireReader from, int number)
    {
        object all = Make(WireItems.Read<T>(from));
        from.Keep(number, all);
        return all;
    }

    protected abstract ReadOnlySpan<T> Items(TAll all);

    protected abstract TAll Make(T[] items);
}

internal sealed class MemoryCodec<T> : ItemsCodec<Memory<T>, T>
{
    protected override ReadOnlySpan<T> Items(Memory<T> all) => all.Span;

    protected override Memory<T> Make(T[] items) => items;
}

internal sealed class ReadOnlyMemoryCodec<T> : ItemsCodec<ReadOnlyMemory<T>, T>
{
    protected override ReadOnlySpan<T> Items(ReadOnlyMemory<T> all) => all.Span;

    protected override ReadOnlyMemory<T> Make(T[] items) => items;
}

internal sealed class SegmentCodec<T> : ItemsCodec<ArraySegment<T>, T>
{
    protected override ReadOnlySpan<T> Items(ArraySegment<T> all) => all;

    protected override ArraySegment<T> Make(T[] items) => items;
}

internal sealed class ImmutableArrayCodec<T> : ItemsCodec<ImmutableArray<T>, T>
{
    protected override ReadOnlySpan<T> Items(ImmutableArray<T> all) => all.IsDefault ? [] : all.AsSpan();

    protected override ImmutableArray<T> Make(T[] items) => ImmutableCollectionsMarshal.AsImmutableArray(items);
}

internal sealed class ImmutableListCodec<T> : ItemsCodec<ImmutableList<T>, T>
{
    protected override ReadOnlySpan<T> Items(ImmutableList<T> all) => all.ToArray();

    protected override ImmutableList<T> Make(T[] items) => [.. items];
}

internal sealed class ImmutableSetCodec<T> : ItemsCodec<ImmutableHashSet<T>, T>
{
    protected override ReadOnlySpan<T> Items(ImmutableHashSet<T> all) => all.ToArray();

    protected override ImmutableHashSet<T> Make(T[] items) => [.. items];
}

internal sealed class StackCodec<T> : ItemsCodec<Stack<T>, T>
{
    // From the bottom up, as it was filled.
    protected override ReadOnlySpan<T> Items(Stack<T> all) => Enumerable.Reverse(all).ToArray();

    protected override Stack<T> Make(T[] items) => new(items);
}

internal sealed class QueueCodec<T> : ItemsCodec<Queue<T>, T>
{
    protected override ReadOnlySpan<T> Items(Queue<T> all) => all.ToArray();

    protected override Queue<T> Make(T[] items) => new(items);
}

/// <summary>An array or a list: its items may point at it.</summary>
internal sealed class ArrayCodec<T> : WireCodec
{
    public override void Write(WireWriter to, object value) => WireItems.Write<T>(to, (T[])value);

    public override object Read(WireReader from, int number)
    {
        var items = WireItems.Read<T>(from);
        from.Keep(number, items);
        return items;
    }
}

internal sealed class ListCodec<T> : WireCodec
{
    public override void Write(WireWriter to, object value) => WireItems.Write<T>(to, CollectionsMarshal.AsSpan((List<T>)value));

    public override object Read(WireReader from, int number)
    {
        var list = new List<T>();
        from.Keep(number, list);
        list.AddRange(WireItems.Read<T>(from));
        return list;
    }
}

/// <summary>Words may be looked up without regard to case; of other comparisons nothing is known in another process.</summary>
internal static class Comparers
{
    private const byte Usual = 0;
    private const byte CaseIgnored = 1;

    public static void Write<T>(WireWriter to, IEqualityComparer<T> comparer) =>
        to.Byte(ReferenceEquals(comparer, StringComparer.OrdinalIgnoreCase) ? CaseIgnored : Usual);

    public static IEqualityComparer<T>? Read<T>(WireReader from) => from.Byte() switch
    {
        Usual => null,
        CaseIgnored when typeof(T) == typeof(string) => (IEqualityComparer<T>)StringComparer.OrdinalIgnoreCase,
        var other => throw from.Wrong($"comparison {other} is not known"),
    };
}

internal sealed class SetCodec<T> : WireCodec
{
    public override void Write(WireWriter to, object value)
    {
        var set = (HashSet<T>)value;
        Comparers.Write(to, set.Comparer);
        WireItems.Write<T>(to, set.ToArray());
    }

    public override object Read(WireReader from, int number)
    {
        var set = new HashSet<T>(Comparers.Read<T>(from));
        from.Keep(number, set);
        set.UnionWith(WireItems.Read<T>(from));
        return set;
    }
}

internal sealed class DictionaryCodec<TKey, TValue> : WireCodec
    where TKey : notnull
{
    public override void Write(WireWriter to, object value)
    {
        var entries = (Dictionary<TKey, TValue>)value;
        Comparers.Write(to, entries.Comparer);
        WireItems.Write<TKey>(to, entries.Keys.ToArray());
        WireItems.Write<TValue>(to, entries.Values.ToArray());
    }

    public override object Read(WireReader from, int number)
    {
        var entries = new Dictionary<TKey, TValue>(Comparers.Read<TKey>(from));
        from.Keep(number, entries);
        foreach (var (key, value) in Pairs.Read<TKey, TValue>(from))
        {
            if (key is null || !entries.TryAdd(key, value))
            {
                throw from.Wrong("a key is missing or stands twice");
            }
        }

        return entries;
    }
}

internal sealed class ImmutableDictionaryCodec<TKey, TValue> : WireCodec
    where TKey : notnull
{
    public override void Write(WireWriter to, object value)
    {
        var entries = (ImmutableDictionary<TKey, TValue>)value;
        WireItems.Write<TKey>(to, entries.Keys.ToArray());
        WireItems.Write<TValue>(to, entries.Values.ToArray());
    }

    public override object Read(WireReader from, int number)
    {
        var entries = ImmutableDictionary.CreateBuilder<TKey, TValue>();
        foreach (var (key, value) in Pairs.Read<TKey, TValue>(from))
        {
            if (key is null || !entries.TryAdd(key, value))
            {
                throw from.Wrong("a key is missing or stands twice");
            }
        }

        var all = entries.ToImmutable();
        from.Keep(number, all);
        return all;
    }
}

internal static class Pairs
{
    public static IEnumerable<(TKey Key, TValue Value)> Read<TKey, TValue>(WireReader from)
    {
        var keys = WireItems.Read<TKey>(from);
        var values = WireItems.Read<TValue>(from);
        return keys.Length == values.Length ? keys.Zip(values) : throw from.Wrong($"there are {keys.Length} keys for {values.Length} values");
    }
}
