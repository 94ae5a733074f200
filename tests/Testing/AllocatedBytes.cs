namespace OrleansSgd.Testing;

/// <summary>What code allocates on its own thread, exactly.</summary>
public static class AllocatedBytes
{
    /// <summary>Bytes allocated by one run of the code.</summary>
    /// <param name="measured">
    /// Is run again when the runtime collected meanwhile, which any thread can cause: the rest of the thread's buffer then counts as allocated, some 8 KB that nobody asked for.
    /// </param>
    public static long Of(Action measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        while (true)
        {
            (int, TimeSpan) collected = Collected();
            long before = GC.GetAllocatedBytesForCurrentThread();
            measured();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (Collected() == collected)
            {
                return allocated;
            }
        }
    }

    // A collection in the background is counted at its end, but pauses all threads at its beginning.
    private static (int, TimeSpan) Collected() => (GC.CollectionCount(0), GC.GetTotalPauseDuration());
}
