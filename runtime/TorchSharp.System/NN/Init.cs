using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Starts of parameters, from torch's generator if none is given. Each overwrites its tensor and gives it back; no gradient sees it.</summary>
        public static class init
        {
            /// <summary>What follows a layer; decides its gain.</summary>
            public enum NonlinearityType
            {
                /// <summary>Nothing.</summary>
                Linear = 0,

                /// <summary>A convolution: nothing.</summary>
                Conv1D = 1,

                /// <summary>A convolution: nothing.</summary>
                Conv2D = 2,

                /// <summary>A convolution: nothing.</summary>
                Conv3D = 3,

                /// <summary>A transposed convolution: nothing.</summary>
                ConvTranspose1D = 4,

                /// <summary>A transposed convolution: nothing.</summary>
                ConvTranspose2D = 5,

                /// <summary>A transposed convolution: nothing.</summary>
                ConvTranspose3D = 6,

                /// <summary>The logistic function.</summary>
                Sigmoid = 7,

                /// <summary>The hyperbolic tangent.</summary>
                Tanh = 8,

                /// <summary>max(x, 0).</summary>
                ReLU = 9,

                /// <summary>max(x, a · x).</summary>
                LeakyReLU = 10,
            }

            /// <summary>Which variance stays the same from layer to layer.</summary>
            public enum FanInOut
            {
                /// <summary>That of the values.</summary>
                FanIn = 0,

                /// <summary>That of the gradients.</summary>
                FanOut = 1,
            }

            /// <summary>Factor on the standard deviation: √2 for ReLU, √(2 / (1 + a²)) for leaky ReLU, 5/3 for tanh, else 1.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + (param * param))),
                _ => 1,
            };

            /// <summary>All 1.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>All 0.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>All one value.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var silence = no_grad();
                tensor.fill_(val);
                return tensor;
            }

            /// <summary>Uniform in [low, high).</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var silence = no_grad();
                tensor.uniform_(low, high, generator);
                return tensor;
            }

            /// <summary>From a normal distribution.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var silence = no_grad();
                tensor.normal_(mean, std, generator);
                return tensor;
            }

            /// <summary>Uniform in ±gain · √(3 / fan). He et al., 2015.</summary>
            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                var bound = Math.Sqrt(3) * Deviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>From N(0, gain² / fan). He et al., 2015.</summary>
            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, Deviation(tensor, a, mode, nonlinearity));

            /// <summary>Uniform in ±gain · √(6 / (in + out)). Glorot and Bengio, 2010.</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>How many values make one output, and how many outputs one value makes.</summary>
            /// <exception cref="ArgumentException">Fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                {
                    throw new ArgumentException(
                        $"Fan in and fan out can not be computed for tensor with fewer than 2 dimensions (it has {shape.Length}).", nameof(tensor));
                }
                var kernel = 1L;
                foreach (var extent in shape.AsSpan(2))
                    kernel *= extent;
                return (shape[1] * kernel, shape[0] * kernel);
            }

            /// <summary>Weights and biases uniform in ±1/√(fan in): what PyTorch's linear layers and convolutions start with.</summary>
            internal static void LikePyTorch(Parameter weight, Parameter? bias)
            {
                kaiming_uniform_(weight, Math.Sqrt(5));
                var (fanIn, _) = CalculateFanInAndFanOut(weight);
                if (bias is null || fanIn == 0)
                    return;
                var bound = 1 / Math.Sqrt(fanIn);
                uniform_(bias, -bound, bound);
            }

            private static double Deviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }
        }
    }
}
