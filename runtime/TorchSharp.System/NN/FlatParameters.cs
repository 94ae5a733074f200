using TorchSharp.Engine;
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What concerns all parameters of a network at once.</summary>
        public static class utils
        {
            /// <summary>A new vector with all values, in order.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                var parameters = tensors.ToArray();
                var vector = Native.grid_nn_parameters_to_vector(Native.Handles(parameters), parameters.Length);
                GC.KeepAlive(parameters);
                return vector;
            }

            /// <summary>Makes the parameters views of a vector: from now on they have its values and change when it does.</summary>
            /// <remarks>They stay leaves and keep the gradients that they have. The vector may be disposed: they keep its memory.</remarks>
            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                var parameters = tensors.ToArray();
                Native.Check(Native.grid_nn_vector_to_parameters(vec, Native.Handles(parameters), parameters.Length));
                GC.KeepAlive(parameters);
            }

            /// <summary>Scales the gradients down so that their common norm is at most <paramref name="max_norm"/>.</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                var parameters = tensors.ToArray();
                Native.Check(Native.grid_nn_clip_grad_norm(Native.Handles(parameters), parameters.Length, max_norm, norm_type, out var normBefore));
                GC.KeepAlive(parameters);
                return normBefore;
            }
        }
    }
}
