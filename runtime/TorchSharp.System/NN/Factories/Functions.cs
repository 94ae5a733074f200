using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Greatest value under a square window.</summary>
        public static MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
            new([kernel_size, kernel_size], Both(stride), Both(padding), Both(dilation), ceil_mode);

        /// <summary>Greatest value under a rectangular window.</summary>
        public static MaxPool2d MaxPool2d(
            (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
            bool ceil_mode = false) =>
            new([kernel_size.Item1, kernel_size.Item2], Both(stride), Both(padding), Both(dilation), ceil_mode);

        /// <summary>Greatest value under a rectangular window.</summary>
        public static MaxPool2d MaxPool2d(
            long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
            new(kernel_size, stride, padding, dilation, ceil_mode);

        /// <summary>Mean value under a square window.</summary>
        public static AvgPool2d AvgPool2d(
            long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true,
            long? divisor_override = null) =>
            new([kernel_size, kernel_size], Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);

        /// <summary>Mean value under a rectangular window.</summary>
        public static AvgPool2d AvgPool2d(
            (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, bool ceil_mode = false,
            bool count_include_pad = true, long? divisor_override = null) =>
            new([kernel_size.Item1, kernel_size.Item2], Both(stride), Both(padding), ceil_mode, count_include_pad, divisor_override);

        /// <summary>Mean value under a rectangular window.</summary>
        public static AvgPool2d AvgPool2d(
            long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true,
            long? divisor_override = null) =>
            new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

        /// <summary>Means that make an output of given extents.</summary>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

        /// <summary>Means that make an output of given extents.</summary>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d((long, long) output_size) => new([output_size.Item1, output_size.Item2]);

        /// <summary>Means that make a square output.</summary>
        public static AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size, output_size]);

        /// <summary>max(x, 0) as a module.</summary>
        public static ReLU ReLU(bool inplace = false) => new(inplace);

        /// <summary>Hyperbolic tangent as a module.</summary>
        public static Tanh Tanh() => new(false);

        /// <summary>Hyperbolic tangent as a module.</summary>
        public static Tanh Tanh(bool inplace = false) => new(inplace);

        /// <summary>Logistic function as a module.</summary>
        public static Sigmoid Sigmoid() => new(false);

        /// <summary>Logistic function as a module.</summary>
        public static Sigmoid Sigmoid(bool inplace) => new(inplace);

        /// <summary>x times the logistic function as a module.</summary>
        public static SiLU SiLU() => new(false);

        /// <summary>x times the logistic function as a module.</summary>
        public static SiLU SiLU(bool inplace) => new(inplace);

        /// <summary>x times the normal distribution as a module.</summary>
        public static GELU GELU() => new(false);

        /// <summary>x times the normal distribution as a module.</summary>
        public static GELU GELU(bool inplace) => new(inplace);

        /// <summary>x times the normal distribution as a module.</summary>
        public static GELU GELU(GELU.Approximate approximate, bool inplace = false) => new(inplace, approximate);

        /// <summary>Softmax over a dimension as a module.</summary>
        public static Softmax Softmax(long dim) => new(dim);

        /// <summary>Logarithm of softmax over a dimension as a module.</summary>
        public static LogSoftmax LogSoftmax(long dim) => new(dim);

        /// <summary>Cross-entropy of logits as a module.</summary>
        public static CrossEntropyLoss CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) =>
            new(weight, ignore_index, reduction);

        /// <summary>Negative log-likelihood as a module.</summary>
        public static NLLLoss NLLLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);

        /// <summary>Squared differences as a module.</summary>
        public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);

        private static long[]? Both(long? value) => value is { } both ? [both, both] : null;

        private static long[]? Both((long, long)? value) => value is var (height, width) ? [height, width] : null;
    }
}
