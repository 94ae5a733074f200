using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor T => Dimensions == 2 ? t() : permute(Enumerable.Range(0, (int)Dimensions).Reverse().Select(axis => (long)axis));

        public Tensor mT => transpose(-2, -1);

        public Tensor view(params long[] shape) => Native.grid_view(this, shape, shape.Length);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape) => Native.grid_reshape(this, shape, shape.Length);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Native.grid_flatten(this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => Native.grid_unflatten(this, dim, sizes, sizes.Length);

        public Tensor squeeze(long? dim = null) => dim is { } axis ? Native.grid_squeeze_dim(this, axis) : Native.grid_squeeze(this);

        public Tensor unsqueeze(long dim) => Native.grid_unsqueeze(this, dim);

        public Tensor t() => Native.grid_t(this);

        public Tensor transpose(long dim0, long dim1) => Native.grid_transpose(this, dim0, dim1);

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor permute(params long[] permutation) => Native.grid_permute(this, permutation, permutation.Length);

        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());

        public Tensor expand(params long[] sizes) => Native.grid_expand(this, sizes, sizes.Length, 0);

        public Tensor expand(long[] sizes, bool isImplicit = false) =>
            Native.grid_expand(this, sizes, sizes.Length, Native.Flag(isImplicit));

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor repeat(params long[] sizes) => Native.grid_repeat(this, sizes, sizes.Length);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) =>
            Native.grid_as_strided(this, size, strides, size.Length, storageOffset);

        public Tensor narrow(long dim, long start, long length) => Native.grid_narrow(this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Native.grid_slice(this, dim, start, finish, step);

        public Tensor select(long dim, long index) => Native.grid_select(this, dim, index);

        public Tensor index_select(long dim, Tensor index) => Native.grid_index_select(this, dim, index);

        public Tensor gather(long dim, Tensor index) => Native.grid_gather(this, dim, index);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Done(Native.grid_scatter_(this, dim, index, src));

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Done(Native.grid_index_add_(this, dim, index, source, alpha.Native));

        public unsafe Tensor[] chunk(long chunks, long dim = 0L) => Native.TakeAll(Native.grid_chunk(this, chunks, dim, out var count), count);

        public unsafe Tensor[] split(long size, int dim = 0) =>
            Native.TakeAll(Native.grid_split_evenly(this, size, dim, out var count), count);

        public unsafe Tensor[] split(long[] sizes, long dim = 0) =>
            Native.TakeAll(Native.grid_split(this, sizes, sizes.Length, dim, out var count), count);

        public unsafe Tensor[] unbind(long dimension = 0L) => Native.TakeAll(Native.grid_unbind(this, dimension, out var count), count);

        /// <summary>Another handle to the same tensor.</summary>
        public Tensor alias() => Native.grid_alias(this);

        public Tensor contiguous() => Native.grid_contiguous(this);

        public Tensor clone() => Native.grid_clone(this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Done(Native.grid_copy_(this, source));

        /// <summary>From now on the same memory, shape and strides as the source.</summary>
        public Tensor set_(Tensor source) => Done(Native.grid_set_(this, source));

        public Tensor detach() => Native.grid_detach(this);

        public Tensor detach_() => Done(Native.grid_detach_(this));

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            var converted = Native.grid_to_type(this, (int)type, Native.Flag(copy));
            if (disposeAfter)
            {
                Dispose();
            }

            return converted;
        }

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDevice(device);
            return to_type(dtype, copy, disposeAfter, non_blocking);
        }

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDevice(device);
            return to_type(type, copy, disposeAfter, non_blocking);
        }

        public Tensor cpu() => alias();

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor @double() => to_type(ScalarType.Float64);

        public Tensor @long() => to_type(ScalarType.Int64);

        public Tensor @int() => to_type(ScalarType.Int32);

        public Tensor @bool() => to_type(ScalarType.Bool);

        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        public Tensor half() => to_type(ScalarType.Float16);
    }

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => cat([.. tensors], dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0)
    {
        var joined = Native.grid_cat(Native.Handles(tensors), tensors.Length, dim);
        GC.KeepAlive(tensors);
        return joined;
    }

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        Tensor[] all = [.. tensors];
        var stacked = Native.grid_stack(Native.Handles(all), all.Length, dim);
        GC.KeepAlive(all);
        return stacked;
    }
}
