using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>How many threads libtorch may split one operation over, in this process.</summary>
/// <remarks>
/// All sessions of a process share the setting: compute threads times these threads should not pass the cores. Saying the number does
/// not load libtorch; it is passed on when the first network is made.
/// </remarks>
public static class TorchThreads
{
    private static readonly Lock Gate = new();
    private static int _wanted;
    private static int _applied;

    /// <summary>Takes effect for networks made from now on, and in all of libtorch then.</summary>
    /// <param name="count">1 or more.</param>
    public static void Set(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        lock (Gate)
        {
            _wanted = count;
        }
    }

    /// <summary>Passes the number on, if one was set. To be called before libtorch computes.</summary>
    internal static void Apply()
    {
        lock (Gate)
        {
            if (_wanted != _applied)
            {
                torch.set_num_threads(_wanted);
                _applied = _wanted;
            }
        }
    }
}
