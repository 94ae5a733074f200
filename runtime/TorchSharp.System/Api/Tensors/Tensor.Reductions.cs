using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Native.grid_eq(this, target);

        public Tensor eq(Scalar target) => Native.grid_eq_number(this, target.Native);

        public Tensor ne(Tensor target) => Native.grid_ne(this, target);

        public Tensor ne(Scalar target) => Native.grid_ne_number(this, target.Native);

        public Tensor lt(Tensor target) => Native.grid_lt(this, target);

        public Tensor lt(Scalar target) => Native.grid_lt_number(this, target.Native);

        public Tensor le(Tensor target) => Native.grid_le(this, target);

        public Tensor le(Scalar target) => Native.grid_le_number(this, target.Native);

        public Tensor gt(Tensor target) => Native.grid_gt(this, target);

        public Tensor gt(Scalar target) => Native.grid_gt_number(this, target.Native);

        public Tensor ge(Tensor target) => Native.grid_ge(this, target);

        public Tensor ge(Scalar target) => Native.grid_ge_number(this, target.Native);

        public Tensor minimum(Tensor other) => Native.grid_minimum(this, other);

        public Tensor maximum(Tensor other) => Native.grid_maximum(this, other);

        public Tensor logical_and(Tensor other) => Native.grid_logical_and(this, other);

        public Tensor logical_or(Tensor other) => Native.grid_logical_or(this, other);

        /// <summary>True where |this − target| ≤ atol + rtol · |target| everywhere.</summary>
        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Native.grid_allclose(this, target, rtol, atol, Native.Flag(equal_nan)) switch
            {
                1 => true,
                0 => false,
                _ => throw Native.Failure(),
            };

        public Tensor sum(ScalarType? type = null) => Native.grid_sum(this, TypeOrNone(type));

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum(dim.AsSpan(), keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            Native.grid_sum_over(this, dim, dim.Length, Native.Flag(keepdim), TypeOrNone(type));

        public Tensor mean() => Native.grid_mean(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Native.grid_mean_over(this, dimensions, dimensions.Length, Native.Flag(keepdim), TypeOrNone(type));

        public Tensor var(bool unbiased = true) => Native.grid_var(this, Native.Flag(unbiased));

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null)
        {
            var variance = Native.grid_var_over(this, dimensions, dimensions.Length, Native.Flag(unbiased), Native.Flag(keepdim));
            return type is { } chosen && chosen != variance.dtype ? variance.to_type(chosen, disposeAfter: true) : variance;
        }

        public Tensor std(bool unbiased = true)
        {
            using var variance = var(unbiased);
            return variance.sqrt();
        }

        public Tensor norm(float p = 2.0f) => Native.grid_norm(this, p);

        public Tensor max() => Native.grid_max(this);

        public Tensor min() => Native.grid_min(this);

        public unsafe (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            Pair(Native.grid_max_over(this, dim, Native.Flag(keepdim), out var count), count);

        public unsafe (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            Pair(Native.grid_min_over(this, dim, Native.Flag(keepdim), out var count), count);

        public unsafe (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Pair(Native.grid_topk(this, k, dim, Native.Flag(largest), Native.Flag(sorted), out var count), count);

        public Tensor argmax() => Native.grid_argmax(this);

        public Tensor argmax(long dim, bool keepdim = false) => Native.grid_argmax_over(this, dim, Native.Flag(keepdim));

        public Tensor argmin() => Native.grid_argmin(this);

        public Tensor argmin(long dim, bool keepdim = false) => Native.grid_argmin_over(this, dim, Native.Flag(keepdim));

        public Tensor all() => Native.grid_all(this);

        public Tensor all(long dim, bool keepdim = false) => Native.grid_all_over(this, dim, Native.Flag(keepdim));

        public Tensor any() => Native.grid_any(this);

        public Tensor logsumexp(long dim, bool keepdim = false) => Native.grid_logsumexp(this, dim, Native.Flag(keepdim));

        private static unsafe (Tensor Values, Tensor Indexes) Pair(nint* handles, int count)
        {
            var both = Native.TakeAll(handles, count);
            return (both[0], both[1]);
        }
    }
}
