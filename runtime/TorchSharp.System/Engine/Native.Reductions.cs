using System.Runtime.InteropServices;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Engine;

internal static partial class Native
{
    [LibraryImport(Library)]
    public static unsafe partial Tensor grid_clamp(Tensor x, NativeScalar* least, NativeScalar* most);

    [LibraryImport(Library)]
    public static partial int grid_fill_(Tensor x, NativeScalar value);

    [LibraryImport(Library)]
    public static partial Tensor grid_masked_fill(Tensor x, Tensor mask, NativeScalar value);

    [LibraryImport(Library)]
    public static partial int grid_masked_fill_(Tensor x, Tensor mask, NativeScalar value);

    [LibraryImport(Library)]
    public static partial Tensor grid_where(Tensor condition, Tensor x, Tensor y);

    [LibraryImport(Library)]
    public static partial Tensor grid_tril(Tensor x, long diagonal);

    [LibraryImport(Library)]
    public static partial Tensor grid_triu(Tensor x, long diagonal);

    [LibraryImport(Library)]
    public static partial Tensor grid_sum(Tensor x, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_sum_over(Tensor x, ReadOnlySpan<long> dims, int count, int keep, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_mean_over(Tensor x, ReadOnlySpan<long> dims, int count, int keep, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_var(Tensor x, int unbiased);

    [LibraryImport(Library)]
    public static partial Tensor grid_var_over(Tensor x, ReadOnlySpan<long> dims, int count, int unbiased, int keep);

    [LibraryImport(Library)]
    public static partial Tensor grid_norm(Tensor x, float p);

    [LibraryImport(Library)]
    public static partial Tensor grid_all_over(Tensor x, long dim, int keep);

    [LibraryImport(Library)]
    public static partial Tensor grid_argmax_over(Tensor x, long dim, int keep);

    [LibraryImport(Library)]
    public static partial Tensor grid_argmin_over(Tensor x, long dim, int keep);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_max_over(Tensor x, long dim, int keep, out int count);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_min_over(Tensor x, long dim, int keep, out int count);

    [LibraryImport(Library)]
    public static unsafe partial nint* grid_topk(Tensor x, long k, long dim, int largest, int sorted, out int count);

    [LibraryImport(Library)]
    public static partial Tensor grid_logsumexp(Tensor x, long dim, int keep);

    [LibraryImport(Library)]
    public static partial Tensor grid_cumsum(Tensor x, long dim, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_softmax(Tensor x, long dim, int type);

    [LibraryImport(Library)]
    public static partial Tensor grid_log_softmax(Tensor x, long dim, int type);

    [LibraryImport(Library)]
    public static partial int grid_allclose(Tensor x, Tensor y, double relative, double absolute, int equalNan);

    [LibraryImport(Library)]
    public static partial int grid_uniform_(Tensor x, double from, double to, nint generator);

    [LibraryImport(Library)]
    public static partial int grid_normal_(Tensor x, double mean, double deviation, nint generator);

    [LibraryImport(Library)]
    public static partial int grid_bernoulli_(Tensor x, double p, nint generator);
}
