using System.Runtime.InteropServices;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Engine;

internal static partial class Native
{
    [LibraryImport(Library)]
    public static partial int grid_backward(ReadOnlySpan<nint> outputs, int outputCount, ReadOnlySpan<nint> gradients, int gradientCount, int retain,
        int create, ReadOnlySpan<nint> inputs, int inputCount);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_gradients(ReadOnlySpan<nint> outputs, int outputCount, ReadOnlySpan<nint> inputs, int inputCount,
        ReadOnlySpan<nint> gradients, int gradientCount, int retain, int create, int allowUnused, out int count);

    [LibraryImport(Library)]
    public static partial int grid_requires_grad(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_requires_grad_set(Tensor x, int value);

    [LibraryImport(Library)]
    public static partial int grid_is_leaf(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_retain_grad(Tensor x);

    [LibraryImport(Library)]
    public static partial nint grid_grad(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_grad_set(Tensor x, Tensor? gradient);

    [LibraryImport(Library)]
    public static partial int grid_grad_mode();

    [LibraryImport(Library)]
    public static partial void grid_grad_mode_set(int enabled);

    [LibraryImport(Library)]
    public static partial nint grid_inference_begin(int enabled);

    [LibraryImport(Library)]
    public static partial void grid_inference_end(nint mode);
}
