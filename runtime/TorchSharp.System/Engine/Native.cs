using System.Runtime.InteropServices;

namespace TorchSharp.Engine;

/// <summary>The C interface of libgridtorch, one method for each of its functions; the sources are in native/.</summary>
/// <remarks>
/// A tensor that goes in is kept alive until the call is over. A tensor that comes back is owned by the new managed one; none
/// comes back after a failure, and the marshaller then throws what libtorch said. Functions that give an int are for
/// <see cref="Check"/>.
/// </remarks>
internal static partial class Native
{
    public const string Library = "gridtorch";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, (name, _, _) =>
        name == Library ? LibraryFile.Load() : 0);

    /// <exception cref="ExternalException">The call failed; the message is libtorch's.</exception>
    public static void Check(int status)
    {
        if (status != 0)
        {
            throw Failure();
        }
    }

    /// <summary>What this thread's last failed call said.</summary>
    public static unsafe ExternalException Failure() =>
        new(Marshal.PtrToStringUTF8((nint)grid_message()) ?? "libtorch failed and said nothing");

    /// <summary>Takes over an array of handles, in which null stands for no tensor, and frees the array.</summary>
    public static unsafe torch.Tensor?[] Take(nint* handles, int count)
    {
        if (handles == null)
        {
            throw Failure();
        }

        var tensors = new torch.Tensor?[count];
        for (var i = 0; i < count; i++)
        {
            tensors[i] = handles[i] == 0 ? null : new torch.Tensor(handles[i]);
        }

        grid_array_free(handles);
        return tensors;
    }

    /// <summary>As <see cref="Take"/>, where no place is empty.</summary>
    public static unsafe torch.Tensor[] TakeAll(nint* handles, int count) => Take(handles, count)!;

    /// <summary>The handles of several tensors. The caller keeps the tensors alive until its call is over.</summary>
    public static nint[] Handles(ReadOnlySpan<torch.Tensor> tensors)
    {
        var handles = new nint[tensors.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = tensors[i].Handle;
        }

        return handles;
    }

    public static int Flag(bool value) => value ? 1 : 0;

    [LibraryImport(Library)]
    public static unsafe partial byte* grid_message();

    [LibraryImport(Library)]
    private static unsafe partial void grid_array_free(nint* handles);

    [LibraryImport(Library)]
    public static partial int grid_threads();

    [LibraryImport(Library)]
    public static partial int grid_threads_set(int count);

    [LibraryImport(Library)]
    public static partial int grid_interop_threads();

    [LibraryImport(Library)]
    public static partial int grid_interop_threads_set(int count);

    [LibraryImport(Library)]
    public static partial nint grid_generator_default();

    [LibraryImport(Library)]
    public static partial nint grid_generator_new(ulong seed);

    [LibraryImport(Library)]
    public static partial void grid_generator_free(nint generator);

    [LibraryImport(Library)]
    public static partial void grid_generator_seed(nint generator, ulong seed);

    [LibraryImport(Library)]
    public static partial ulong grid_generator_initial_seed(nint generator);
}
