using Orleans.Concurrency;

namespace Orleans.Engine;

/// <summary>What the runtime needs to know of one grain method; one object per method.</summary>
internal sealed class MethodTraits
{
    public MethodTraits(Type grainInterface, System.Reflection.MethodInfo method)
    {
        Method = method;
        Name = $"{grainInterface.Name}.{method.Name}";
        ActivityName = $"{grainInterface.Name}/{method.Name}";
        InterfaceName = grainInterface.FullName ?? grainInterface.Name;
        IsRuntimeInterface = grainInterface.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) == true;
        IsReadOnly = method.IsDefined(typeof(ReadOnlyAttribute), false);
        IsInterleaving = method.IsDefined(typeof(AlwaysInterleaveAttribute), false);
        IsOneWay = method.ReturnType == typeof(void) || method.IsDefined(typeof(OneWayAttribute), false);
        Timeout = method.GetCustomAttributes(typeof(ResponseTimeoutAttribute), false).OfType<ResponseTimeoutAttribute>().FirstOrDefault()?.Timeout;
    }

    /// <summary>Traits of a timer tick.</summary>
    public MethodTraits(bool interleaves)
    {
        Name = ActivityName = InterfaceName = "timer tick";
        IsInterleaving = interleaves;
        IsOneWay = true;
    }

    /// <summary>The method; null for a timer tick.</summary>
    public System.Reflection.MethodInfo? Method { get; }

    public string Name { get; }

    public string ActivityName { get; }

    public string InterfaceName { get; }

    /// <summary>Calls of such an interface are traced under the runtime's source, as the real one does by name.</summary>
    public bool IsRuntimeInterface { get; }

    public bool IsReadOnly { get; }

    public bool IsInterleaving { get; }

    public bool IsOneWay { get; }

    public TimeSpan? Timeout { get; }
}
