namespace Orleans.Runtime;

/// <summary>Values that travel with calls, from caller to callee and never back.</summary>
public static class RequestContext
{
    // The dictionary is replaced, never changed: callees and continuations share it.
    private static readonly AsyncLocal<Dictionary<string, object>?> CallContext = new();

    /// <summary>The keys that are set.</summary>
    public static IEnumerable<string> Keys => CallContext.Value?.Keys ?? Enumerable.Empty<string>();

    /// <summary>All values.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Entries =>
        CallContext.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    internal static Dictionary<string, object>? Values
    {
        get => CallContext.Value;
        set => CallContext.Value = value;
    }

    /// <summary>The value, or null.</summary>
    public static object? Get(string key) => CallContext.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    /// <summary>Sets a value for the calls made from here on.</summary>
    public static void Set(string key, object value)
    {
        var values = CallContext.Value is { } old ? new Dictionary<string, object>(old) : new Dictionary<string, object>(1);
        values[key] = value;
        CallContext.Value = values;
    }

    /// <summary>Takes a value away; false when it was not there.</summary>
    public static bool Remove(string key)
    {
        if (CallContext.Value is not { } old || !old.ContainsKey(key))
        {
            return false;
        }

        var values = new Dictionary<string, object>(old);
        values.Remove(key);
        CallContext.Value = values.Count == 0 ? null : values;
        return true;
    }

    /// <summary>Takes all values away.</summary>
    public static void Clear()
    {
        if (CallContext.Value is not null)
        {
            CallContext.Value = null;
        }
    }
}
