using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Normalises each channel, then scales and shifts.</summary>
            /// <param name="training">True: by the batch's own statistics, which also move the running ones; false: by the running ones.</param>
            /// <param name="momentum">Weight of this batch in the running statistics.</param>
            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false,
                double momentum = 0.1, double eps = 1e-5) =>
                Native.grid_nn_batch_norm(input, running_mean, running_var, weight, bias, Native.Flag(training), momentum, eps);

            /// <summary>Normalises each sample over its last dimensions, then scales and shifts.</summary>
            public static unsafe Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
            {
                fixed (long* shape = normalized_shape)
                {
                    return Native.grid_nn_layer_norm(input, shape, normalized_shape.Length, weight, bias, eps);
                }
            }

            /// <summary>While training: makes coordinates 0 with probability p and multiplies the others by 1 / (1 − p).</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                Native.grid_nn_dropout(input, p, Native.Flag(training), Native.Flag(inplace));
        }
    }
}
