using System.Runtime.InteropServices;

namespace TorchSharp.Engine;

internal static partial class Native
{
    [LibraryImport(Library)]
    public static unsafe partial void grid_text_free(byte* text);

    [LibraryImport(Library)]
    public static partial void grid_jit_free(nint module);

    [LibraryImport(Library)]
    public static partial nint grid_jit_load_bytes(ReadOnlySpan<byte> bytes, long length);

    [LibraryImport(Library)]
    public static partial int grid_jit_train(nint module, int on);

    [LibraryImport(Library)]
    public static partial int grid_jit_is_training(nint module);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_jit_parameters(nint module, out int count, out byte* names);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_jit_buffers(nint module, out int count, out byte* names);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_jit_forward(nint module, ReadOnlySpan<nint> inputs, int inputCount, out int count, out int kind);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint grid_jit_load(string path);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int grid_jit_save(nint module, string path);
}
