using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansSgd.Torch.Tests.NN;

/// <summary>The table of python/layers.py: the shapes of the inputs and the function of them, under the same names.</summary>
internal static class LayerCases
{
    public static readonly IReadOnlyDictionary<string, (long[][] Shapes, Func<Tensor[], Tensor> Function)> All =
        new Dictionary<string, (long[][], Func<Tensor[], Tensor>)>
        {
            ["linear"] = ([[3, 5], [4, 5], [4]], x => functional.linear(x[0], x[1], x[2])),
            ["linear without bias"] = ([[2, 3, 5], [4, 5]], x => functional.linear(x[0], x[1])),
            ["conv2d"] = ([[2, 3, 7, 6], [4, 3, 3, 3], [4]], x => functional.conv2d(x[0], x[1], x[2])),
            ["conv2d strided"] = ([[2, 3, 8, 9], [4, 3, 3, 5]], x => functional.conv2d(x[0], x[1], null, [2, 1], [1, 2], [1, 2])),
            ["conv2d in groups"] = ([[2, 4, 6, 6], [6, 2, 3, 3], [6]], x => functional.conv2d(x[0], x[1], x[2], groups: 2)),
            ["conv2d same"] = ([[1, 2, 6, 5], [3, 2, 5, 3], [3]], x => functional.conv2d_padding(x[0], x[1], x[2], padding: Padding.Same)),
            ["batch norm training"] = ([[4, 3, 2, 5], [3], [3]], x => Normalized(x, true)),
            ["batch norm evaluating"] = ([[4, 3, 2, 5], [3], [3]], x => Normalized(x, false)),
            ["batch norm of the batch alone"] = ([[4, 3, 2, 5]], x => functional.batch_norm(x[0], null, null, training: true)),
            ["layer norm"] = ([[4, 3, 5], [3, 5], [3, 5]], x => functional.layer_norm(x[0], [3, 5], x[1], x[2], 1e-4)),
            ["max pool"] = ([[2, 3, 7, 6]], x => functional.max_pool2d(x[0], 2)),
            ["max pool padded"] = ([[2, 3, 7, 6]], x => functional.max_pool2d(x[0], (3, 2), (2, 1), (1, 1), ceil_mode: true)),
            ["average pool"] = ([[2, 3, 7, 6]], x => functional.avg_pool2d(x[0], 3, 2, 1)),
            ["average pool without the border"] = ([[2, 3, 7, 6]], x => functional.avg_pool2d(x[0], (3, 2), (2, 2), (1, 1), true, false)),
            ["average pool with a divisor"] = ([[2, 3, 7, 6]], x => functional.avg_pool2d(x[0], [3, 3], divisor_override: 5)),
            ["adaptive average pool"] = ([[2, 3, 7, 6]], x => functional.adaptive_avg_pool2d(x[0], (3, 2))),
            ["relu"] = ([[3, 50]], x => functional.relu(x[0])),
            ["tanh"] = ([[3, 50]], x => functional.tanh(x[0])),
            ["sigmoid"] = ([[3, 50]], x => functional.sigmoid(x[0])),
            ["silu"] = ([[3, 50]], x => functional.silu(x[0])),
            ["gelu"] = ([[3, 50]], x => functional.gelu(x[0])),
            ["gelu by tanh"] = ([[3, 50]], x => functional.gelu(x[0], TorchSharp.Modules.GELU.Approximate.tanh)),
            ["softmax"] = ([[3, 7]], x => functional.softmax(x[0], 1)),
            ["log softmax"] = ([[3, 7, 2]], x => functional.log_softmax(x[0], 1)),
            ["embedding"] = ([[5, 4]], x => Looked(x[0], null)),
            ["embedding with a padding row"] = ([[5, 4]], x => Looked(x[0], 4)),
            ["pad"] = ([[2, 3, 4]], x => functional.pad(x[0], (1, 2, 0, 3), value: 0.5)),
            ["pad by reflection"] = ([[1, 2, 4, 5]], x => functional.pad(x[0], (1, 2, 3, 0), PaddingModes.Reflect)),
            ["pad by the edge"] = ([[1, 2, 4, 5]], x => functional.pad(x[0], (1, 2, 3, 0), PaddingModes.Replicate)),
            ["pad around"] = ([[1, 2, 4, 5]], x => functional.pad(x[0], (1, 2, 3, 0), PaddingModes.Circular)),
            ["attention"] = ([[2, 3, 4, 5], [2, 3, 6, 5], [2, 3, 6, 7]], x => functional.scaled_dot_product_attention(x[0], x[1], x[2])),
            ["attention causal"] = (
                [[2, 4, 5], [2, 4, 5], [2, 4, 5]], x => functional.scaled_dot_product_attention(x[0], x[1], x[2], is_casual: true)),
            ["attention masked"] = ([[2, 5], [3, 5], [3, 4]], x => functional.scaled_dot_product_attention(x[0], x[1], x[2], Mask())),
            ["cross entropy"] = ([[4, 5]], x => functional.cross_entropy(x[0], Classes())),
            ["cross entropy smoothed"] = (
                [[4, 5], [5]], x => functional.cross_entropy(x[0], Classes(), Weights(x[1]), label_smoothing: 0.1)),
            ["cross entropy with a hole"] = (
                [[4, 5]], x => functional.cross_entropy(x[0], tensor(new long[] { 2, -1, 3, 1 }), ignore_index: -1, reduction: Reduction.Sum)),
            ["cross entropy of each"] = (
                [[4, 5, 1]], x => functional.cross_entropy(x[0], Classes().view(4, 1), reduction: Reduction.None)),
            ["negative log-likelihood"] = ([[4, 5], [5]], x => functional.nll_loss(x[0], Classes(), Weights(x[1]))),
            ["squared error"] = ([[4, 5], [4, 5]], x => functional.mse_loss(x[0], x[1])),
            ["squared error of each"] = ([[4, 5], [4, 5]], x => functional.mse_loss(x[0], x[1], Reduction.None)),
        };

    private static Tensor Classes() => tensor(new long[] { 2, 0, 3, 1 });

    private static Tensor Mask() => tensor(new float[] { 1, 0, 1, 1, 1, 1 }, [2, 3]).to_type(ScalarType.Bool);

    private static Tensor Weights(Tensor of) => of.detach().pow(2).add(1);

    private static Tensor Normalized(Tensor[] x, bool isTraining)
    {
        var mean = Values.Of([3], 90);
        var variance = Values.Of([3], 91).pow(2).add(1);
        var normalized = functional.batch_norm(x[0], mean, variance, x[1], x[2], isTraining, 0.3, 1e-3);
        return cat([normalized.flatten(), mean, variance]);
    }

    // The table is a parameter of a module; its gradient is asked of the tensor that it was made of.
    private static Tensor Looked(Tensor table, long? padding)
    {
        using var embedding = Embedding(5, 4, padding);
        embedding.weight = Parameter(table.alias());
        var found = embedding.call(tensor(new long[] { 1, 4, 4, 0, 2, 1 }, [2, 3]));
        return found;
    }
}
