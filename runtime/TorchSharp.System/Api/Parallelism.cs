using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Threads that one operation may use.</summary>
    public static int get_num_threads() => Native.grid_threads();

    /// <summary>For the whole process: each thread follows from its next operation on.</summary>
    public static void set_num_threads(int num) => Native.Check(Native.grid_threads_set(num));

    public static int get_num_interop_threads() => Native.grid_interop_threads();

    /// <exception cref="System.Runtime.InteropServices.ExternalException">They have been in use already.</exception>
    public static void set_num_interop_threads(int num) => Native.Check(Native.grid_interop_threads_set(num));

    /// <summary>Nothing is left unsaid here: every call throws its own failure at once.</summary>
    public static void CheckForErrors()
    {
    }
}
