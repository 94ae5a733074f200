using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>softmax(Q · Kᵀ / √length + mask) · V.</summary>
            /// <param name="query">[…, queries, length].</param>
            /// <param name="key">[…, keys, length].</param>
            /// <param name="value">[…, keys, length of an output].</param>
            /// <param name="attn_mask">Added, or true where a query may look; null: everywhere.</param>
            /// <param name="p">Probability that a weight is dropped.</param>
            /// <param name="is_casual">Whether query i looks at keys 0 … i only.</param>
            /// <exception cref="ArgumentException">A mask and causal, or a negative probability.</exception>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (p < 0)
                    throw new ArgumentException($"Dropout probability is {p}; use 0 or more.", nameof(p));
                if (is_casual && attn_mask is not null)
                    throw new ArgumentException("Causal attention makes its own mask: give none.", nameof(attn_mask));
                return Native.grid_nn_attention(query, key, value, attn_mask, p, Native.Flag(is_casual));
            }

            /// <summary>1 at the place of each class, 0 elsewhere: [shape…, classes].</summary>
            /// <param name="num_classes">−1: one more than the greatest.</param>
            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                if (x.dtype != ScalarType.Int64)
                    throw new ArgumentException($"Classes are {x.dtype}; one_hot needs Int64.", nameof(x));
                return Native.grid_nn_one_hot(x, num_classes);
            }
        }
    }
}
