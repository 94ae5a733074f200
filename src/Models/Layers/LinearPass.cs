using OrleansSgd.Models.Kernels;

namespace OrleansSgd.Models.Layers;

/// <summary>A <see cref="LinearLayer"/> forward and backward over samples that lie one a column.</summary>
/// <remarks>Activations are [width, stride], stride being the samples rounded up to whole vectors.</remarks>
internal static unsafe class LinearPass
{
    /// <summary>Samples rounded up to whole vectors.</summary>
    public static int Stride(int count) => checked((count + GemmTile.Lanes - 1) / GemmTile.Lanes * GemmTile.Lanes);

    /// <summary>z ← bias, in every column; nothing without one.</summary>
    /// <param name="x">All parameters.</param>
    public static void Bias(LinearLayer layer, float* x, float* z, int stride)
    {
        for (int o = 0; layer.HasBias && o < layer.Outputs; o++)
        {
            new Span<float>(z + ((nint)o * stride), stride).Fill(x[layer.BiasOffset + o]);
        }
    }

    /// <summary>z ← W·h + bias.</summary>
    /// <param name="x">All parameters.</param>
    /// <param name="h">[inputs, stride].</param>
    /// <param name="z">[outputs, stride].</param>
    public static void Forward(LinearLayer layer, float* x, float* h, float* z, int stride)
    {
        Bias(layer, x, z, stride);
        Gemm.Multiply(
            layer.Outputs, stride, layer.Inputs, x + layer.WeightOffset, layer.Inputs, 1, h, stride, z, stride, accumulate: layer.HasBias);
    }

    /// <summary>z ← W·h + bias.</summary>
    /// <param name="x">All parameters.</param>
    /// <param name="columns">h, [inputs, stride].</param>
    /// <param name="z">[outputs, stride].</param>
    public static void Forward(LinearLayer layer, float* x, ByteColumns columns, float* z, int stride)
    {
        Bias(layer, x, z, stride);
        Gemm.Multiply(
            layer.Outputs, stride, layer.Inputs, x + layer.WeightOffset, layer.Inputs, 1, columns, z, stride, accumulate: layer.HasBias);
    }

    /// <summary>Gradients of weight and bias.</summary>
    /// <param name="g">Gradient of the outputs, [outputs, stride], zeros beyond the samples.</param>
    /// <param name="rows">The inputs, one sample a row: [<paramref name="count"/>, inputs].</param>
    /// <param name="count">Samples.</param>
    /// <param name="result">The whole gradient.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public static void WeightGradient(LinearLayer layer, float* g, int stride, float* rows, int count, float* result, bool accumulate)
    {
        BiasGradient(layer, g, stride, result, accumulate);
        Gemm.Multiply(
            layer.Outputs, layer.Inputs, count, g, stride, 1, rows, layer.Inputs, result + layer.WeightOffset, layer.Inputs, accumulate);
    }

    /// <summary>Gradients of weight and bias, which are overwritten.</summary>
    /// <param name="g">Gradient of the outputs, [outputs, stride], zeros beyond the samples.</param>
    /// <param name="rows">The inputs, one sample a row: [<paramref name="count"/>, inputs].</param>
    /// <param name="count">Samples.</param>
    /// <param name="result">The whole gradient.</param>
    public static void WeightGradient(LinearLayer layer, float* g, int stride, ByteSamples rows, int count, float* result)
    {
        BiasGradient(layer, g, stride, result, accumulate: false);
        Gemm.Multiply(layer.Outputs, layer.Inputs, count, g, stride, 1, rows, result + layer.WeightOffset, layer.Inputs, accumulate: false);
    }

    /// <summary>Gradient of the bias; nothing without one.</summary>
    /// <param name="g">Gradient of the outputs, [outputs, stride], zeros beyond the samples.</param>
    /// <param name="result">The whole gradient.</param>
    /// <param name="accumulate">Whether to add to what is there.</param>
    public static void BiasGradient(LinearLayer layer, float* g, int stride, float* result, bool accumulate)
    {
        for (int o = 0; layer.HasBias && o < layer.Outputs; o++)
        {
            float sum = Reductions.SumPadded(g + ((nint)o * stride), stride);
            result[layer.BiasOffset + o] = accumulate ? result[layer.BiasOffset + o] + sum : sum;
        }
    }

    /// <summary>below ← Wᵀ·g.</summary>
    /// <param name="x">All parameters.</param>
    /// <param name="g">Gradient of the outputs, [outputs, stride].</param>
    /// <param name="below">Gradient of the inputs, [inputs, stride].</param>
    public static void InputGradient(LinearLayer layer, float* x, float* g, int stride, float* below) =>
        Gemm.Multiply(
            layer.Inputs, stride, layer.Outputs, x + layer.WeightOffset, 1, layer.Inputs, g, stride, below, stride, accumulate: false);
}
