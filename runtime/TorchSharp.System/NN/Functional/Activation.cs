using TorchSharp.Engine;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor x, bool inplace = false) => Activated(x, Activation.Relu, inplace);

            /// <summary>Hyperbolic tangent.</summary>
            public static Tensor tanh(Tensor x, bool inplace = false) => Activated(x, Activation.Tanh, inplace);

            /// <summary>1 / (1 + e⁻ˣ).</summary>
            public static Tensor sigmoid(Tensor x) => Activated(x, Activation.Sigmoid, false);

            /// <summary>1 / (1 + e⁻ˣ).</summary>
            public static Tensor sigmoid(Tensor x, bool inplace) => Activated(x, Activation.Sigmoid, inplace);

            /// <summary>x / (1 + e⁻ˣ).</summary>
            public static Tensor silu(Tensor x, bool inplace = false) => Activated(x, Activation.Silu, inplace);

            /// <summary>x · Φ(x), Φ the normal distribution.</summary>
            public static Tensor gelu(Tensor x) => Activated(x, Activation.Gelu, false);

            /// <summary>x · Φ(x), Φ the normal distribution.</summary>
            public static Tensor gelu(Tensor x, bool inplace) => Activated(x, Activation.Gelu, inplace);

            /// <summary>x · Φ(x), Φ the normal distribution or close to it.</summary>
            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                Activated(x, approximate == Modules.GELU.Approximate.tanh ? Activation.GeluTanh : Activation.Gelu, inplace);

            /// <summary>eˣ, divided by its sum over a dimension.</summary>
            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            /// <summary>Logarithm of <see cref="softmax"/>.</summary>
            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            // In place too the answer is an object of its own, so that the input may be freed.
            private static Tensor Activated(Tensor input, Activation activation, bool isInPlace) =>
                Native.grid_nn_activation(input, activation, Native.Flag(isInPlace));
        }
    }
}
