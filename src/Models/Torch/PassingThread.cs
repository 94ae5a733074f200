using System.Runtime.ExceptionServices;

namespace OrleansSgd.Models.Torch;

/// <summary>Where networks are made: a thread that lives as long as that takes.</summary>
/// <remarks>
/// libtorch splits operations over a team of OpenMP threads, which waits for as long as the thread that led it lives. Once there are more such
/// threads than cores, OpenMP's teams no longer spin between two operations but sleep, and a gradient of many short operations takes up to half
/// as long again. So nobody but the threads that compute gradients may keep a team.
/// </remarks>
internal static class PassingThread
{
    /// <summary>Runs it there and waits; what it throws is thrown here.</summary>
    public static T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        {
            IsBackground = true,
            Name = "network",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
