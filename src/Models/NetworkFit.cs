using OrleansSgd.Models.Convolutional;
using OrleansSgd.Models.Torch;
using OrleansSgd.Models.Torch.Networks;

namespace OrleansSgd.Models;

/// <summary>Whether a network fits the data, found out before anything is trained.</summary>
internal static class NetworkFit
{
    // The vector of the parameters is one block of bytes, which .NET sees through a span of at most 2 GiB.
    private const long ParameterCountMax = int.MaxValue / sizeof(float);

    /// <summary>Every reason why not, each without the path of the section.</summary>
    public static IEnumerable<string> Mistakes(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        string? mistake = ShapeMistake(plan, shape) ?? SizeMistake(plan, shape, classCount);
        if (mistake is null && ModelCatalog.IsTorch(plan.Kind) && TorchAvailability.Missing() is { } missing)
        {
            mistake = $"kind is {plan.Kind}, but {missing}";
        }

        if (mistake is not null)
        {
            return [mistake];
        }

        return plan.Kind == ModelCatalog.TorchScript ? ScriptFit.Mistakes(plan, shape, classCount) : [];
    }

    private static string? ShapeMistake(ModelPlan plan, IReadOnlyList<int> shape)
    {
        string has = $"kind is {plan.Kind}, but a sample is {Text(shape)} and {plan.Kind} wants";
        switch (plan.Kind)
        {
            case ModelCatalog.LeNet5 when shape.Count != 3 || shape[1] < LeNet5Model.ExtentMin || shape[2] < LeNet5Model.ExtentMin:
                return $"{has} images [channels, height, width] of at least {LeNet5Model.ExtentMin} by {LeNet5Model.ExtentMin}; " +
                    "use data of kind mnist or cifar10, or model kind mlp.";
            case ModelCatalog.ResNet or ModelCatalog.WideResNet when shape.Count != 3:
                return $"{has} images [channels, height, width]; use data of kind cifar10 or mnist, or model kind mlp.";
            case ModelCatalog.Transformer when shape.Count != 1 || shape[0] < 2:
                return $"{has} at least 2 tokens; use data of kind text.";
            default:
                return null;
        }
    }

    private static string? SizeMistake(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        long count = ParameterCount(plan, shape, classCount);
        return count > ParameterCountMax
            ? $"kind {plan.Kind} makes {count} parameters of samples of {Text(shape)}; the most is {ParameterCountMax}. Use a narrower network."
            : null;
    }

    /// <summary>d, without making the network; 0 for a TorchScript file, which has as many as it has.</summary>
    internal static long ParameterCount(ModelPlan plan, IReadOnlyList<int> shape, int classCount) => plan.Kind switch
    {
        ModelCatalog.LeNet5 => LeNet5Model.ParameterCountOf(shape, classCount),
        ModelCatalog.ResNet => ResNet.ParameterCount(plan.DepthOrDefault, shape[0], classCount),
        ModelCatalog.WideResNet => WideResNet.ParameterCount(plan.DepthOrDefault, plan.WidthOrDefault, shape[0], classCount),
        ModelCatalog.TorchMlp => plan.ParameterCount(shape.Aggregate(1, (product, extent) => checked(product * extent)), classCount),
        ModelCatalog.Transformer => Decoder.ParameterCount(classCount, shape[0] - 1, plan.DepthOrDefault, plan.WidthOrDefault),
        _ => 0,
    };

    /// <summary>Such as [1, 28, 28].</summary>
    internal static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";
}
