using System.Runtime.InteropServices;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Engine;

internal static partial class Native
{
    [LibraryImport(Library)]
    public static partial Tensor grid_abs(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_neg(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_exp(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_expm1(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_log(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_log1p(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_sqrt(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_rsqrt(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_reciprocal(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_sin(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_cos(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_tanh(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_sigmoid(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_relu(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_gelu(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_erf(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_silu(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_floor(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_ceil(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_round(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_sign(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_isfinite(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_isnan(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_isinf(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_logical_not(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_min(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_max(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_argmin(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_argmax(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_all(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_any(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_nonzero(Tensor x);

    [LibraryImport(Library)]
    public static partial Tensor grid_mean(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_abs_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_neg_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_exp_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_log_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_sqrt_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_tanh_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_sigmoid_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_relu_(Tensor x);

    [LibraryImport(Library)]
    public static partial int grid_zero_(Tensor x);
}
