using System.Runtime.InteropServices;
using Tensor = TorchSharp.torch.Tensor;

namespace TorchSharp.Engine;

// Layers, losses and flat parameter vectors: native/nn.cpp, in the same order.
internal static partial class Native
{
    [LibraryImport(Library)]
    public static partial Tensor grid_nn_linear(Tensor input, Tensor weight, Tensor? bias);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_conv2d(Tensor input, Tensor weight, Tensor? bias, Extent stride, Extent padding, Extent dilation, long groups);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_conv2d_named(Tensor input, Tensor weight, Tensor? bias, Extent stride, int isSame, Extent dilation, long groups);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_max_pool2d(Tensor input, Extent kernel, Extent stride, Extent padding, Extent dilation, int ceilMode);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_avg_pool2d(
        Tensor input, Extent kernel, Extent stride, Extent padding, int ceilMode, int countIncludePad, long divisor);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_adaptive_avg_pool2d(Tensor input, Extent size);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_batch_norm(
        Tensor input, Tensor? runningMean, Tensor? runningVariance, Tensor? weight, Tensor? bias, int isTraining, double momentum, double eps);

    [LibraryImport(Library)]
    public static unsafe partial Tensor grid_nn_layer_norm(Tensor input, long* shape, long shapeLength, Tensor? weight, Tensor? bias, double eps);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_embedding(Tensor weight, Tensor indices, long paddingIndex);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_activation(Tensor input, Activation activation, int isInPlace);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_dropout(Tensor input, double probability, int isTraining, int isInPlace);

    [LibraryImport(Library)]
    public static unsafe partial Tensor grid_nn_pad(Tensor input, long* pad, long padLength, int mode, double value);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_one_hot(Tensor input, long classCount);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_attention(Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, int isCausal);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_cross_entropy(
        Tensor input, Tensor target, Tensor? weight, long ignoreIndex, long reduction, double labelSmoothing);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_nll_loss(Tensor input, Tensor target, Tensor? weight, long reduction);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_mse_loss(Tensor input, Tensor target, long reduction);

    [LibraryImport(Library)]
    public static partial Tensor grid_nn_parameters_to_vector(nint[] tensors, int count);

    [LibraryImport(Library)]
    public static partial int grid_nn_vector_to_parameters(Tensor vector, nint[] tensors, int count);

    [LibraryImport(Library)]
    public static partial int grid_nn_clip_grad_norm(nint[] tensors, int count, double normMax, double normType, out double normBefore);
}
