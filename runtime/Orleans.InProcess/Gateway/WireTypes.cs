using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Engine;

namespace Orleans.Gateway;

/// <summary>Names of types on the wire: the alias, or the full name. Only types that can travel have one; nothing is loaded by name.</summary>
/// <remarks>A generic type is written <c>name&lt;name,name&gt;</c>, an array <c>name[]</c>.</remarks>
internal static class WireTypes
{
    private const int LengthMax = 1000;
    private const string ErrorPrefix = "!";

    private static readonly ConcurrentDictionary<Type, string> Names = new();
    private static readonly Lock Gate = new();
    private static Dictionary<string, Type> _known = [];
    private static int _assembliesSeen;

    public static string NameOf(Type type) => Names.GetOrAdd(type, static type =>
        type.IsSZArray ? NameOf(type.GetElementType()!) + "[]"
        : typeof(Exception).IsAssignableFrom(type) ? ErrorPrefix
        : type.IsGenericType && !type.IsGenericTypeDefinition
            ? $"{Own(type.GetGenericTypeDefinition())}<{string.Join(',', type.GetGenericArguments().Select(NameOf))}>"
            : Own(type));

    /// <summary>The type of that name; null when there is none that can travel.</summary>
    public static Type? Named(string name)
    {
        var at = 0;
        return name.Length <= LengthMax && Parse(name, ref at) is { } type && at == name.Length ? type : null;
    }

    private static string Own(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName ?? type.Name;

    private static Type? Parse(string name, ref int at)
    {
        var begin = at;
        while (at < name.Length && name[at] is not ('<' or '>' or ',' or '['))
        {
            at++;
        }

        var type = name[begin..at] == ErrorPrefix ? typeof(Exception) : Find(name[begin..at]);
        if (at < name.Length && name[at] == '<')
        {
            type = ParseArguments(name, ref at, type);
        }

        while (type is not null && at + 1 < name.Length && name[at] == '[' && name[at + 1] == ']')
        {
            at += 2;
            type = type.MakeArrayType();
        }

        return type;
    }

    private static Type? ParseArguments(string name, ref int at, Type? definition)
    {
        var arguments = new List<Type>();
        do
        {
            at++;
            if (Parse(name, ref at) is not { } argument)
            {
                return null;
            }

            arguments.Add(argument);
        }
        while (at < name.Length && name[at] == ',');

        if (at >= name.Length || name[at] != '>' || definition is not { IsGenericTypeDefinition: true }
            || definition.GetGenericArguments().Length != arguments.Count)
        {
            return null;
        }

        at++;
        try
        {
            return definition.MakeGenericType([.. arguments]);
        }
        catch (ArgumentException)
        {
            return null; // a constraint is not met
        }
    }

    private static Type? Find(string name)
    {
        lock (Gate)
        {
            if (_known.TryGetValue(name, out var type))
            {
                return type;
            }

            // Others may have been loaded since; looking again for every wrong name would be work for nothing.
            var assemblies = AppDomain.CurrentDomain.GetAssemblies().Length;
            if (assemblies == _assembliesSeen)
            {
                return null;
            }

            _assembliesSeen = assemblies;
            _known = Scan();
            return _known.GetValueOrDefault(name);
        }
    }

    private static Dictionary<string, Type> Scan()
    {
        var found = new Dictionary<string, Type>();
        Type[] tuples =
        [
            typeof(KeyValuePair<,>), typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
            typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Nullable<>),
        ];
        foreach (var type in WireCodecs.Named.Concat(tuples))
        {
            found[Own(type)] = type;
        }

        foreach (var type in GrainClasses.Travelling())
        {
            found.TryAdd(Own(type), type);
        }

        return found;
    }
}
