using System.Runtime.InteropServices;

namespace OrleansSgd.Grains.Compute;

/// <summary>For what may take its time: a thread that computes when nobody else wants the processor.</summary>
internal static partial class QuietThread
{
    private const int OfThread = 0;
    private const int Caller = 0;
    private const int Least = 19;

    /// <summary>Runs it on a thread of its own.</summary>
    public static Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            GiveWay();
            try
            {
                done.SetResult(work());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        })
        {
            IsBackground = true,
            Name = "quiet",
            Priority = ThreadPriority.Lowest,
        };
        thread.Start();
        return done.Task;
    }

    // The runtime does not pass priorities on to Linux. Where it cannot be set the thread is one among others, which costs time and nothing else.
    private static void GiveWay()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(OfThread, Caller, Least);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
