namespace Orleans.Runtime;

/// <summary>The activation whose turn runs on this thread.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static Engine.Activation? _current;

    internal static Engine.Activation? Current
    {
        get => _current;
        set => _current = value;
    }
}
