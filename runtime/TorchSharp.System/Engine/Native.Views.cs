using System.Runtime.InteropServices;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Engine;

internal static partial class Native
{
    [LibraryImport(Library)]
    public static partial Tensor grid_view(Tensor x, ReadOnlySpan<long> size, int count);

    [LibraryImport(Library)]
    public static partial Tensor grid_reshape(Tensor x, ReadOnlySpan<long> size, int count);

    [LibraryImport(Library)]
    public static partial Tensor grid_expand(Tensor x, ReadOnlySpan<long> size, int count, int isImplicit);

    [LibraryImport(Library)]
    public static partial Tensor grid_repeat(Tensor x, ReadOnlySpan<long> size, int count);

    [LibraryImport(Library)]
    public static partial Tensor grid_permute(Tensor x, ReadOnlySpan<long> order, int count);

    [LibraryImport(Library)]
    public static partial Tensor grid_as_strided(Tensor x, ReadOnlySpan<long> size, ReadOnlySpan<long> strides, int count, long offset);

    [LibraryImport(Library)]
    public static partial Tensor grid_transpose(Tensor x, long first, long second);

    [LibraryImport(Library)]
    public static partial Tensor grid_t(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_flatten(Tensor x, long start, long end);

    [LibraryImport(Library)]
    public static partial Tensor grid_unflatten(Tensor x, long dim, ReadOnlySpan<long> size, int count);

    [LibraryImport(Library)]
    public static partial Tensor grid_squeeze(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_squeeze_dim(Tensor x, long dim);

    [LibraryImport(Library)]
    public static partial Tensor grid_unsqueeze(Tensor x, long dim);

    [LibraryImport(Library)]
    public static partial Tensor grid_narrow(Tensor x, long dim, long start, long length);

    [LibraryImport(Library)]
    public static partial Tensor grid_slice(Tensor x, long dim, long start, long finish, long step);

    [LibraryImport(Library)]
    public static partial Tensor grid_select(Tensor x, long dim, long index);

    [LibraryImport(Library)]
    public static partial Tensor grid_index_select(Tensor x, long dim, Tensor index);

    [LibraryImport(Library)]
    public static partial Tensor grid_gather(Tensor x, long dim, Tensor index);

    [LibraryImport(Library)]
    public static partial int grid_scatter_(Tensor x, long dim, Tensor index, Tensor source);

    [LibraryImport(Library)]
    public static partial int grid_index_add_(Tensor x, long dim, Tensor index, Tensor source, NativeScalar alpha);

    [LibraryImport(Library)]
    public static partial Tensor grid_index(Tensor x, ReadOnlySpan<NativeIndex> entries, int count);

    [LibraryImport(Library)]
    public static partial int grid_index_put_(Tensor x, ReadOnlySpan<NativeIndex> entries, int count, Tensor value);

    [LibraryImport(Library)]
    public static partial Tensor grid_contiguous(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_clone(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_detach(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_detach_(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_to_type(Tensor x, int type, int copy);

    [LibraryImport(Library)]
    public static partial int grid_copy_(Tensor x, Tensor source);

    [LibraryImport(Library)]
    public static partial int grid_set_(Tensor x, Tensor source);

    [LibraryImport(Library)]
    public static partial Tensor grid_cat(ReadOnlySpan<nint> list, int count, long dim);

    [LibraryImport(Library)]
    public static partial Tensor grid_stack(ReadOnlySpan<nint> list, int count, long dim);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_chunk(Tensor x, long chunks, long dim, out int count);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_split(Tensor x, ReadOnlySpan<long> sizes, int sizeCount, long dim, out int count);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_split_evenly(Tensor x, long size, long dim, out int count);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_unbind(Tensor x, long dim, out int count);
}

/// <summary>One entry of an index; native/views.cpp has the same layout.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeIndex(long start, long stop, long step, nint tensor, long kind)
{
    /// <summary>An open end of a slice.</summary>
    public const long Nothing = long.MinValue;

    public readonly long Start = start;
    public readonly long Stop = stop;
    public readonly long Step = step;
    public readonly nint Tensor = tensor;
    public readonly long Kind = kind;
}
