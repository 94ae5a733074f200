using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Engine;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>One method that can be called through a gateway.</summary>
/// <param name="Result">T of Task&lt;T&gt; or ValueTask&lt;T&gt;; null when there is no result.</param>
internal sealed record WireMethod(MethodInfo Method, Type[] Parameters, Type? Result)
{
    public bool IsOneWay { get; } = Method.ReturnType == typeof(void) || Method.IsDefined(typeof(Concurrency.OneWayAttribute), false);

    /// <summary>Calls it.</summary>
    /// <returns>Its result, or null.</returns>
    public Task<object?> InvokeAsync(object grain, object?[] arguments)
    {
        var returned = Method.Invoke(grain, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        return returned switch
        {
            Task task => ResultAsync(task),
            ValueTask task => ResultAsync(task.AsTask()),
            null => Task.FromResult<object?>(null),
            _ => ResultAsync((Task)returned.GetType().GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(returned, null)!),
        };
    }

    private async Task<object?> ResultAsync(Task task)
    {
        await task;
        return Result is null ? null : task.GetType().GetProperty(nameof(Task<>.Result))!.GetValue(task);
    }
}

/// <summary>Grain interfaces and their methods, by their names on the wire: the alias, or what the code calls them.</summary>
internal static class WireContracts
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, WireMethod>> Methods = new();
    private static readonly Lock Gate = new();
    private static Dictionary<string, Type> _interfaces = [];
    private static int _assembliesSeen;

    public static string NameOf(Type grainInterface) => grainInterface.GetCustomAttribute<AliasAttribute>()?.Alias ?? grainInterface.FullName!;

    public static string NameOf(MethodInfo method) => method.GetCustomAttribute<AliasAttribute>()?.Alias
        ?? $"{method.Name}({string.Join(',', method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";

    /// <summary>The interface that a reference has.</summary>
    public static Type InterfaceOf(GrainReference reference)
    {
        var all = reference.GetType().GetInterfaces().Where(GrainClass.IsGrainInterface).ToArray();
        return all.FirstOrDefault(one => !all.Any(other => other != one && one.IsAssignableFrom(other)))
            ?? throw new InvalidOperationException($"{reference} has no interface; cast it to one before it is passed.");
    }

    /// <summary>The grain interface of that name; null when there is none.</summary>
    public static Type? Interface(string name)
    {
        lock (Gate)
        {
            var assemblies = AppDomain.CurrentDomain.GetAssemblies().Length;
            if (!_interfaces.ContainsKey(name) && assemblies != _assembliesSeen)
            {
                _assembliesSeen = assemblies;
                _interfaces = new(GrainClasses.Interfaces().DistinctBy(NameOf).Select(one => KeyValuePair.Create(NameOf(one), one)));
            }

            return _interfaces.GetValueOrDefault(name);
        }
    }

    /// <summary>The method of that name; null when the interface has none.</summary>
    public static WireMethod? Method(Type grainInterface, string name) => Methods.GetOrAdd(grainInterface, static type =>
    {
        var methods = new Dictionary<string, WireMethod>();
        foreach (var method in new[] { type }.Concat(type.GetInterfaces()).SelectMany(one => one.GetMethods()))
        {
            methods.TryAdd(NameOf(method), new WireMethod(
                method, [.. method.GetParameters().Select(parameter => parameter.ParameterType)],
                method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : null));
        }

        return methods;
    }).GetValueOrDefault(name);

    /// <summary>Whether the grain of that id has the interface.</summary>
    public static bool Fits(Type grainInterface, GrainId id)
    {
        if (id.Key.IsDefault)
        {
            return false;
        }

        try
        {
            var grainClass = GrainClasses.Of(grainInterface);
            return grainClass.GrainType == id.Type || GrainClasses.Named(id.Type)?.Interfaces.Contains(grainInterface) == true;
        }
        catch (ArgumentException)
        {
            return false; // no class has it
        }
    }
}
