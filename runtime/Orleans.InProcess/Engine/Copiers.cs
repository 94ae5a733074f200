using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Engine;

/// <summary>Copies arrays.</summary>
internal static class ArrayCopier
{
    public static Func<object, CopyMemo, object> For(Type type)
    {
        var element = type.GetElementType()!;
        return DeepCopy.IsShareable(element)
            ? static (original, memo) =>
            {
                var copy = ((Array)original).Clone();
                memo.Set(original, copy);
                return copy;
            }
        : (original, memo) => CopyElements((Array)original, element, memo);
    }

    private static Array CopyElements(Array original, Type element, CopyMemo memo)
    {
        var copy = (Array)original.Clone();
        memo.Set(original, copy);
        var indices = new int[original.Rank];
        CopyFrom(0);
        return copy;

        void CopyFrom(int dimension)
        {
            for (var index = original.GetLowerBound(dimension); index <= original.GetUpperBound(dimension); index++)
            {
                indices[dimension] = index;
                if (dimension + 1 < original.Rank)
                {
                    CopyFrom(dimension + 1);
                }
                else
                {
                    copy.SetValue(DeepCopy.Part(original.GetValue(indices), element, memo), indices);
                }
            }
        }
    }
}

#pragma warning disable CA1859 // All copiers have the one signature that reflection binds to a delegate.
/// <summary>Copies the common collections and memory.</summary>
internal static class CollectionCopier
{
    private static readonly Dictionary<Type, string> Methods = new()
    {
        [typeof(List<>)] = nameof(CopyList),
        [typeof(Dictionary<,>)] = nameof(CopyDictionary),
        [typeof(HashSet<>)] = nameof(CopySet),
        [typeof(Queue<>)] = nameof(CopyQueue),
        [typeof(Stack<>)] = nameof(CopyStack),
        [typeof(Memory<>)] = nameof(CopyMemory),
        [typeof(ReadOnlyMemory<>)] = nameof(CopyReadOnlyMemory),
        [typeof(ArraySegment<>)] = nameof(CopySegment),
    };

    public static Func<object, CopyMemo, object>? For(Type type)
    {
        if (!type.IsGenericType || !Methods.TryGetValue(type.GetGenericTypeDefinition(), out var name))
        {
            return null;
        }

        return typeof(CollectionCopier).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(type.GetGenericArguments())
            .CreateDelegate<Func<object, CopyMemo, object>>();
    }

    private static object CopyList<T>(object original, CopyMemo memo)
    {
        var copy = new List<T>(((List<T>)original).Count);
        memo.Set(original, copy);
        foreach (var item in (List<T>)original)
        {
            copy.Add(Item(item, memo));
        }

        return copy;
    }

    private static object CopyDictionary<TKey, TValue>(object original, CopyMemo memo)
        where TKey : notnull
    {
        var source = (Dictionary<TKey, TValue>)original;
        var copy = new Dictionary<TKey, TValue>(source.Count, source.Comparer);
        memo.Set(original, copy);
        foreach (var (key, value) in source)
        {
            copy.Add(Item(key, memo), Item(value, memo));
        }

        return copy;
    }

    private static object CopySet<T>(object original, CopyMemo memo)
    {
        var source = (HashSet<T>)original;
        var copy = new HashSet<T>(source.Count, source.Comparer);
        memo.Set(original, copy);
        foreach (var item in source)
        {
            copy.Add(Item(item, memo));
        }

        return copy;
    }

    private static object CopyQueue<T>(object original, CopyMemo memo)
    {
        var copy = new Queue<T>(((Queue<T>)original).Count);
        memo.Set(original, copy);
        foreach (var item in (Queue<T>)original)
        {
            copy.Enqueue(Item(item, memo));
        }

        return copy;
    }

    private static object CopyStack<T>(object original, CopyMemo memo)
    {
        var items = ((Stack<T>)original).ToArray();
        var copy = new Stack<T>(items.Length);
        memo.Set(original, copy);
        for (var index = items.Length - 1; index >= 0; index--)
        {
            copy.Push(Item(items[index], memo));
        }

        return copy;
    }

    private static object CopyMemory<T>(object original, CopyMemo memo) => new Memory<T>(Items(((Memory<T>)original).Span, memo));

    private static object CopyReadOnlyMemory<T>(object original, CopyMemo memo) =>
        new ReadOnlyMemory<T>(Items(((ReadOnlyMemory<T>)original).Span, memo));

    private static object CopySegment<T>(object original, CopyMemo memo) => new ArraySegment<T>(Items<T>((ArraySegment<T>)original, memo));

    private static T[] Items<T>(ReadOnlySpan<T> source, CopyMemo memo)
    {
        var copy = source.ToArray();
        if (!DeepCopy.IsShareable(typeof(T)))
        {
            for (var index = 0; index < copy.Length; index++)
            {
                copy[index] = Item(copy[index], memo);
            }
        }

        return copy;
    }

    private static T Item<T>(T item, CopyMemo memo) =>
        DeepCopy.IsShareable(typeof(T)) ? item : (T)DeepCopy.Part(item, typeof(T), memo)!;
}

#pragma warning restore CA1859
/// <summary>Copies [GenerateSerializer] types and tuples, member by member.</summary>
internal static class MemberCopier
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static Func<object, CopyMemo, object> For(Type type)
    {
        var members = Members(type).ToArray();
        var create = Creator(type);
        return (original, memo) =>
        {
            var copy = create();
            if (!type.IsValueType)
            {
                memo.Set(original, copy);
            }

            foreach (var (field, isShared) in members)
            {
                var value = field.GetValue(original);
                field.SetValue(copy, isShared ? value : DeepCopy.Part(value, field.FieldType, memo));
            }

            return copy;
        };
    }

    private static Func<object> Creator(Type type) =>
        !type.IsValueType && type.GetConstructor(Own, []) is { } constructor
            ? () => constructor.Invoke([])
            : () => RuntimeHelpers.GetUninitializedObject(type);

    private static IEnumerable<(FieldInfo Field, bool IsShared)> Members(Type type)
    {
        // Tuples and records travel whole; of other types, what has an [Id].
        var isTuple = typeof(ITuple).IsAssignableFrom(type) || type.Namespace == "System.Collections.Generic";
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            var isWhole = isTuple || level.GetMethod("<Clone>$", Own) is not null || level.GetMethod("PrintMembers", Own) is not null;
            foreach (var field in level.GetFields(Own))
            {
                var property = field.Name.StartsWith('<') && field.Name.Contains(">k__BackingField", StringComparison.Ordinal)
                    ? level.GetProperty(field.Name[1..field.Name.IndexOf('>')], Own)
                    : null;
                MemberInfo member = property ?? (MemberInfo)field;
                if (isWhole || member.IsDefined(typeof(IdAttribute), false) || field.IsDefined(typeof(IdAttribute), false))
                {
                    yield return (field, DeepCopy.IsShareable(field.FieldType) || member.IsDefined(typeof(ImmutableAttribute), false));
                }
            }
        }
    }
}
