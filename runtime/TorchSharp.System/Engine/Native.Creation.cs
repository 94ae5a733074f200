using System.Runtime.InteropServices;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Engine;

internal static partial class Native
{
    [LibraryImport(Library)]
    public static partial Tensor grid_empty(ReadOnlySpan<long> size, int count, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_zeros(ReadOnlySpan<long> size, int count, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_ones(ReadOnlySpan<long> size, int count, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_full(ReadOnlySpan<long> size, int count, NativeScalar value, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_rand(ReadOnlySpan<long> size, int count, int type, nint generator);

    [LibraryImport(Library)]
    public static partial Tensor grid_randn(ReadOnlySpan<long> size, int count, int type, nint generator);

    [LibraryImport(Library)]
    public static partial Tensor grid_randint(long low, long high, ReadOnlySpan<long> size, int count, int type, nint generator);

    [LibraryImport(Library)]
    public static partial Tensor grid_randperm(long n, int type, nint generator);

    [LibraryImport(Library)]
    public static partial Tensor grid_arange(NativeScalar start, NativeScalar stop, NativeScalar step, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_linspace(double start, double stop, long steps, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_eye(long rows, long columns, int type);

    [LibraryImport(Library)]
    public static unsafe partial Tensor grid_from_memory(void* memory, ReadOnlySpan<long> size, int count, int type,
        delegate* unmanaged<nint, void> release, nint context);

    [LibraryImport(Library)]
    public static partial void grid_free(nint tensor);

    [LibraryImport(Library)]
    public static partial Tensor grid_alias(Tensor x);

    [LibraryImport(Library)]
    public static unsafe partial void* grid_data(Tensor x);

    [LibraryImport(Library)]
    public static partial long grid_dim(Tensor x);

    [LibraryImport(Library)]
    public static partial long grid_numel(Tensor x);

    [LibraryImport(Library)]
    public static partial long grid_element_size(Tensor x);

    [LibraryImport(Library)]
    public static partial long grid_storage_offset(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_type(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_device_type(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_is_contiguous(Tensor x);

    [LibraryImport(Library)]
    public static partial void grid_layout(Tensor x, Span<long> sizesAndStrides);

    [LibraryImport(Library)]
    public static partial int grid_item(Tensor x, out NativeScalar value);
}
