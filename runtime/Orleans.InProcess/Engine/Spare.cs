namespace Orleans.Engine;

/// <summary>One unused call object per thread and method, so that a call which completes at once allocates none.</summary>
internal static class Spare<TCall>
    where TCall : Call
{
    [ThreadStatic]
    private static TCall? _spare;

    public static TCall? Take()
    {
        var spare = _spare;
        _spare = null;
        return spare;
    }

    public static void Return(TCall call) => _spare = call;
}
