using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Engine;

/// <summary>Copies what travels, so that caller and grain never share a changeable object.</summary>
/// <remarks>
/// Shared are: primitives, enums, strings, the usual small immutable types, sealed [Immutable] types and structs made of
/// those only. Copied are arrays, the common collections, memory and [GenerateSerializer] types, member by member.
/// Everything else is refused, since the real runtime could not send it either. Sameness of objects inside one value is kept.
/// </remarks>
internal static class DeepCopy
{
    private static readonly HashSet<Type> Immutables =
    [
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateOnly), typeof(TimeOnly), typeof(DateTimeOffset), typeof(TimeSpan),
        typeof(Guid), typeof(IPAddress), typeof(IPEndPoint), typeof(CancellationToken), typeof(CultureInfo), typeof(CompareInfo),
        typeof(Version), typeof(Uri), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Half), typeof(object),
        typeof(SiloAddress), typeof(GrainId), typeof(GrainType), typeof(IdSpan),
    ];

    private static readonly ConcurrentDictionary<Type, bool> Shareable = new();
    private static readonly ConcurrentDictionary<Type, Func<object, CopyMemo, object>> Copiers = new();
    private static readonly MethodInfo Generic = typeof(DeepCopy).GetMethod(nameof(Of))!;

    /// <summary>The copying method for a static type.</summary>
    public static MethodInfo MethodFor(Type type) => Generic.MakeGenericMethod(type);

    /// <summary>A copy that shares nothing changeable with the value.</summary>
    /// <exception cref="CodecNotFoundException">Some part of the value is of a type that cannot travel.</exception>
    public static T Of<T>(T value) => (T)Part(value, typeof(T), new CopyMemo())!;

    /// <summary>Whether the value can be copied.</summary>
    public static bool CanCopy(object value)
    {
        try
        {
            Part(value, value.GetType(), new CopyMemo());
            return true;
        }
        catch (CodecNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Whether values of this static type may be shared between caller and grain.</summary>
    public static bool IsShareable(Type type)
    {
        if (Shareable.TryGetValue(type, out var known))
        {
            return known;
        }

        return Shareable[type] = Decide(type);
    }

    /// <summary>Copies a value that was declared as some type.</summary>
    public static object? Part(object? value, Type declared, CopyMemo memo)
    {
        if (value is null)
        {
            return null;
        }

        if (value is GrainReference)
        {
            return value;
        }

        if (value is IGrainBase grain)
        {
            return GrainClass.IsGrainInterface(declared)
                ? grain.GrainContext.GrainReference.Factory.Reference(declared, grain.GrainContext.GrainId)
                : grain.GrainContext.GrainReference;
        }

        var type = value.GetType();
        if (type == typeof(object) || IsShareable(type) || type.IsDefined(typeof(ImmutableAttribute), false))
        {
            return value;
        }

        if (!type.IsValueType && memo.TryGet(value, out var copied))
        {
            return copied;
        }

        return Copiers.GetOrAdd(type, CopierOf)(value, memo);
    }

    private static bool Decide(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || (Immutables.Contains(type) && type != typeof(object))
            || (type.IsSealed && type.IsDefined(typeof(ImmutableAttribute), false))
            || typeof(Exception).IsAssignableFrom(type) || typeof(Type).IsAssignableFrom(type))
        {
            return true;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() is { } definition
            && (definition.FullName!.StartsWith("System.Tuple`", StringComparison.Ordinal)
                || (definition.Namespace == "System.Collections.Immutable" && !definition.IsInterface && definition != typeof(ImmutableArray<>.Builder))))
        {
            return type.GetGenericArguments().All(IsShareable);
        }

        return type.IsValueType
            && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .All(field => field.FieldType != type && IsShareable(field.FieldType));
    }

    private static Func<object, CopyMemo, object> CopierOf(Type type)
    {
        if (type.IsArray)
        {
            return ArrayCopier.For(type);
        }

        if (CollectionCopier.For(type) is { } collection)
        {
            return collection;
        }

        if (type.IsDefined(typeof(GenerateSerializerAttribute), false)
            || type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
            || type.FullName.StartsWith("System.Tuple`", StringComparison.Ordinal)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)))
        {
            return MemberCopier.For(type);
        }

        throw new CodecNotFoundException(
            $"{type} cannot travel between grains: mark it [GenerateSerializer] and its members [Id(n)], or mark it [Immutable] if it never changes.");
    }
}

/// <summary>Which objects have been copied already, within one value.</summary>
internal sealed class CopyMemo
{
    private Dictionary<object, object>? _copies;

    public bool TryGet(object original, out object copy)
    {
        copy = null!;
        return _copies is not null && _copies.TryGetValue(original, out copy!);
    }

    public void Set(object original, object copy) => (_copies ??= new(ReferenceEqualityComparer.Instance))[original] = copy;
}
