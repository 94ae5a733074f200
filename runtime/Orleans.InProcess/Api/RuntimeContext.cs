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

    /// <summary>Refuses an activation's services to whoever is in none, or in one that is over.</summary>
    internal static void Check()
    {
        if (_current is null)
        {
            throw new InvalidOperationException("Activation access violation: this thread runs no activation's turn.");
        }

        if (_current.IsGone)
        {
            throw new InvalidOperationException($"Attempt to access an invalid activation: {_current}");
        }
    }
}
