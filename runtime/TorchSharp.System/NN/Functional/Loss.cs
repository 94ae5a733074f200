using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>−log of the softmax of logits at the target class.</summary>
            /// <param name="input">Logits, [samples, classes] or [samples, classes, …].</param>
            /// <param name="target">Classes (Int64), [samples] or [samples, …].</param>
            /// <param name="ignore_index">A target that does not count.</param>
            /// <param name="label_smoothing">How much of the target is spread over all classes, 0 … 1.</param>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean,
                double label_smoothing = 0.0) =>
                Native.grid_nn_cross_entropy(input, target, weight, ignore_index, (long)reduction, label_smoothing);

            /// <summary>−input at the target class.</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Native.grid_nn_nll_loss(input, target, weight, (long)reduction);

            /// <summary>Squared differences.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Native.grid_nn_mse_loss(input, target, (long)reduction);
        }
    }
}
