using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers as functions.</summary>
        public static partial class functional
        {
            /// <summary>x · Wᵀ + b.</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Native.grid_nn_linear(input, weights, bias);

            /// <summary>Cross-correlation of images with a kernel [out, in / groups, height, width].</summary>
            /// <param name="strides">Height and width, or one number for both; null: 1. So too padding (0) and dilation (1).</param>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null,
                long groups = 1) =>
                Native.grid_nn_conv2d(
                    input, weight, bias, Extent.Of(strides, 1, nameof(strides)), Extent.Of(padding, 0, nameof(padding)),
                    Extent.Of(dilation, 1, nameof(dilation)), groups);

            /// <summary>The same with a named padding.</summary>
            public static Tensor conv2d_padding(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null,
                long groups = 1) =>
                Native.grid_nn_conv2d_named(
                    input, weight, bias, Extent.Of(strides, 1, nameof(strides)), Native.Flag(padding == Padding.Same),
                    Extent.Of(dilation, 1, nameof(dilation)), groups);
        }
    }
}
