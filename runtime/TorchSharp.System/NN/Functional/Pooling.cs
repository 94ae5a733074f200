using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Greatest value under a rectangular window.</summary>
            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                MaxPool(
                    input, Extent.Of(kernel_size, 1, nameof(kernel_size)), Extent.Of(strides ?? kernel_size, 1, nameof(strides)),
                    Extent.Of(padding, 0, nameof(padding)), Extent.Of(dilation, 1, nameof(dilation)), ceil_mode);

            /// <summary>Greatest value under a square window.</summary>
            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false)
            {
                var step = stride ?? kernel_size;
                var border = padding ?? 0;
                var distance = dilation ?? 1;
                return MaxPool(input, new(kernel_size, kernel_size), new(step, step), new(border, border), new(distance, distance), ceil_mode);
            }

            /// <summary>Greatest value under a rectangular window.</summary>
            public static Tensor max_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
                bool ceil_mode = false) =>
                MaxPool(
                    input, Extent.Of(kernel_size), Extent.Of(stride ?? kernel_size), Extent.Of(padding ?? (0, 0)), Extent.Of(dilation ?? (1, 1)),
                    ceil_mode);

            /// <summary>Mean value under a rectangular window.</summary>
            public static Tensor avg_pool2d(
                Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                AvgPool(
                    input, Extent.Of(kernel_size, 1, nameof(kernel_size)), Extent.Of(stride ?? kernel_size, 1, nameof(stride)),
                    Extent.Of(padding, 0, nameof(padding)), ceil_mode, count_include_pad, divisor_override);

            /// <summary>Mean value under a square window.</summary>
            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true,
                long? divisor_override = null)
            {
                var step = stride ?? kernel_size;
                return AvgPool(
                    input, new(kernel_size, kernel_size), new(step, step), new(padding, padding), ceil_mode, count_include_pad, divisor_override);
            }

            /// <summary>Mean value under a rectangular window.</summary>
            public static Tensor avg_pool2d(
                Tensor input, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null) =>
                AvgPool(
                    input, Extent.Of(kernel_size), Extent.Of(stride ?? kernel_size), Extent.Of(padding ?? (0, 0)), ceil_mode, count_include_pad,
                    divisor_override);

            /// <summary>Means that make an output of given extents.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) =>
                Native.grid_nn_adaptive_avg_pool2d(input, Extent.Of(output_size, 1, nameof(output_size)));

            /// <summary>Means that make an output of given extents.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                Native.grid_nn_adaptive_avg_pool2d(input, Extent.Of(output_size));

            /// <summary>Means that make a square output.</summary>
            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, (output_size, output_size));

            private static Tensor MaxPool(Tensor input, Extent kernel, Extent stride, Extent padding, Extent dilation, bool ceilMode) =>
                Native.grid_nn_max_pool2d(input, kernel, stride, padding, dilation, Native.Flag(ceilMode));

            // A divisor of 0 stands for none, in the C ABI.
            private static Tensor AvgPool(
                Tensor input, Extent kernel, Extent stride, Extent padding, bool ceilMode, bool countsPadding, long? divisor) =>
                Native.grid_nn_avg_pool2d(input, kernel, stride, padding, Native.Flag(ceilMode), Native.Flag(countsPadding), divisor ?? 0);
        }
    }
}
