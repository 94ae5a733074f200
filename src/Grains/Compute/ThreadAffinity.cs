using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OrleansSgd.Grains.Compute;

/// <summary>On which processors threads may run. Of Linux; memory that a thread writes first comes from the node of its processor.</summary>
[SupportedOSPlatform("linux")]
public static partial class ThreadAffinity
{
    private const int Caller = 0;
    private const int WordBits = 64;
    private const string Tasks = "/proc/self/task";

    // What a kernel is built for at most.
    private const int ProcessorsMax = 8192;

    /// <summary>Those that the calling thread may run on, ascending; none where the system does not say.</summary>
    public static IReadOnlyList<int> OfThread()
    {
        var mask = new ulong[ProcessorsMax / WordBits];
        int bytes = GetAffinity(Caller, (nuint)(mask.Length * sizeof(ulong)), mask);
        return bytes < 0 ? [] : [.. Enumerable.Range(0, ProcessorsMax).Where(one => (mask[one / WordBits] >> (one % WordBits) & 1) != 0)];
    }

    /// <summary>Has the calling thread run on these alone.</summary>
    /// <returns>False when the system does not allow it: the thread runs where it did.</returns>
    public static bool SetOfThread(IReadOnlyList<int> processors) => Set(Caller, processors);

    /// <summary>Has every thread that the process has now, and every one it makes later, run on these alone.</summary>
    /// <returns>False when the system does not allow it.</returns>
    public static bool SetOfProcess(IReadOnlyList<int> processors)
    {
        // A new thread of the runtime is given the processors of the first one. Another may end before its turn has come.
        return Directory.EnumerateDirectories(Tasks).Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)).ToArray()
            .Aggregate(true, (all, thread) => (Set(thread, processors) || !Directory.Exists($"{Tasks}/{thread}")) && all);
    }

    private static bool Set(int thread, IReadOnlyList<int> processors)
    {
        ArgumentNullException.ThrowIfNull(processors);
        var mask = new ulong[ProcessorsMax / WordBits];
        foreach (int one in processors)
        {
            mask[one / WordBits] |= 1UL << (one % WordBits);
        }

        return SetAffinity(thread, (nuint)(mask.Length * sizeof(ulong)), mask) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, [In] ulong[] mask);

    // glibc answers 0 where the kernel answers how many bytes it wrote.
    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint bytes, [In, Out] ulong[] mask);
}
