namespace Orleans.Engine;

/// <summary>The execution context in which grains run: no async-local value of the caller reaches a grain.</summary>
internal static class CleanContext
{
    /// <summary>A context without values.</summary>
    public static readonly ExecutionContext Value = Capture();

    private static ExecutionContext Capture()
    {
        ExecutionContext? context = null;
        // A thread started without flow has the default context and no other.
        var thread = new Thread(() => context = ExecutionContext.Capture()) { IsBackground = true };
        thread.UnsafeStart();
        thread.Join();
        return context!;
    }
}
