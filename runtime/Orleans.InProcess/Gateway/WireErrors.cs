using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>An error: its type by name, its message, and what caused it. Where it happened stays where it happened.</summary>
/// <remarks>One whose type is not known here, or that cannot be made from a message, arrives as an <see cref="OrleansException"/> that names both.</remarks>
internal sealed class ErrorCodec : WireCodec
{
    private const int CausesMax = 8;

    private static readonly ConcurrentDictionary<string, ConstructorInfo?> Makers = new();

    public override void Write(WireWriter to, object value)
    {
        var depth = 0;
        for (var error = (Exception?)value; error is not null && depth < CausesMax; error = error.InnerException, depth++)
        {
            to.Text(error.GetType().FullName ?? error.GetType().Name);
            to.Text(error.Message);
        }

        to.Text(null);
    }

    public override object Read(WireReader from, int number)
    {
        var chain = new Stack<(string Type, string Message)>();
        while (from.Text() is { } type)
        {
            if (chain.Count == CausesMax)
            {
                throw from.Wrong($"an error has more than {CausesMax} causes");
            }

            chain.Push((type, from.Text() ?? ""));
        }

        Exception? error = null;
        foreach (var (type, message) in chain)
        {
            error = Make(type, message, error);
        }

        from.Keep(number, error ?? throw from.Wrong("an error has no type"));
        return error;
    }

    private static Exception Make(string type, string message, Exception? cause)
    {
        var maker = Makers.Count < 1024 ? Makers.GetOrAdd(type, MakerOf) : MakerOf(type);
        try
        {
            return maker?.GetParameters().Length switch
            {
                2 => (Exception)maker.Invoke([message, cause]),
                1 => (Exception)maker.Invoke([message]),
                _ => new OrleansException($"{type}: {message}", cause!),
            };
        }
        catch (TargetInvocationException)
        {
            return new OrleansException($"{type}: {message}", cause!);
        }
    }

    // Nothing is loaded for its sake, and nothing but an error is ever made.
    private static ConstructorInfo? MakerOf(string name)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic))
        {
            if (assembly.GetType(name, throwOnError: false) is { IsAbstract: false, ContainsGenericParameters: false } type
                && typeof(Exception).IsAssignableFrom(type))
            {
                return type.GetConstructor(Any, [typeof(string), typeof(Exception)]) is { } whole && IsMessage(whole) ? whole
                    : type.GetConstructor(Any, [typeof(string)]) is { } told && IsMessage(told) ? told
                    : null;
            }
        }

        return null;
    }

    private static bool IsMessage(ConstructorInfo maker) => maker.GetParameters()[0].Name is "message" or "msg";
}
