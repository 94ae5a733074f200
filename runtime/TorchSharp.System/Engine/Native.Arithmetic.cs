using System.Runtime.InteropServices;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Engine;

internal static partial class Native
{
    [LibraryImport(Library)]
    public static partial Tensor grid_mul(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_mul_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_div(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_div_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_pow(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_pow_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_eq(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_eq_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_ne(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_ne_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_lt(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_lt_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_le(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_le_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_gt(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_gt_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_ge(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_ge_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial int grid_mul_(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial int grid_mul_number_(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial int grid_div_(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial int grid_div_number_(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial int grid_pow_(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial int grid_pow_number_(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_matmul(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_mm(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_bmm(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_mv(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_dot(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_minimum(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_maximum(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_logical_and(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_logical_or(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_sub(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_add(Tensor x, Tensor y, NativeScalar alpha);

    [LibraryImport(Library)]
    public static partial Tensor grid_add_number(Tensor x, NativeScalar y, NativeScalar alpha);

    [LibraryImport(Library)]
    public static partial int grid_add_(Tensor x, Tensor y, NativeScalar alpha);

    [LibraryImport(Library)]
    public static partial int grid_add_number_(Tensor x, NativeScalar y, NativeScalar alpha);

    [LibraryImport(Library)]
    public static partial Tensor grid_sub_number(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial int grid_sub_(Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial int grid_sub_number_(Tensor x, NativeScalar y);

    [LibraryImport(Library)]
    public static partial Tensor grid_addmm(Tensor x, Tensor first, Tensor second, float beta, float alpha);

    [LibraryImport(Library)]
    public static partial int grid_addcmul_(Tensor x, Tensor first, Tensor second, NativeScalar value);

    [LibraryImport(Library)]
    public static partial int grid_addcdiv_(Tensor x, Tensor first, Tensor second, NativeScalar value);
}
