using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Convolutional;
using OrleansSgd.Models.Layers;
using OrleansSgd.Models.Linear;
using OrleansSgd.Models.Torch;

namespace OrleansSgd.Models;

/// <summary>The models a job can name.</summary>
public static class ModelCatalog
{
    /// <summary>½·(a·x − y)².</summary>
    public const string LeastSquares = "least-squares";

    /// <summary>log(1 + e^z) − y·z with labels 0 and 1.</summary>
    public const string Logistic = "logistic";

    /// <summary>Cross-entropy of a linear map, [classes, features].</summary>
    public const string Softmax = "softmax";

    /// <summary>Cross-entropy, or squared loss for real-valued targets, of a fully connected network.</summary>
    public const string Mlp = "mlp";

    /// <summary>LeNet-5 on images.</summary>
    public const string LeNet5 = "lenet5";

    /// <summary>The residual network for small images.</summary>
    public const string ResNet = "resnet";

    /// <summary>The wide residual network for small images.</summary>
    public const string WideResNet = "wideresnet";

    /// <summary>The same functions as <see cref="Mlp"/>, computed by libtorch.</summary>
    public const string TorchMlp = "torch-mlp";

    /// <summary>A decoder that predicts the next token of a text.</summary>
    public const string Transformer = "transformer";

    /// <summary>Whatever a TorchScript file computes.</summary>
    public const string TorchScript = "torchscript";

    /// <summary>Mean of −log softmax(z)[y].</summary>
    public const string CrossEntropy = "cross-entropy";

    /// <summary>Mean of ½·(z − y)².</summary>
    public const string Squared = "squared";

    /// <summary>Most parameters of one model: what one array of floats holds with room to spare.</summary>
    public const int ParameterCountMax = 1_000_000_000;

    /// <summary>Every kind, in the order error messages list them.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
        [LeastSquares, Logistic, Softmax, Mlp, LeNet5, ResNet, WideResNet, TorchMlp, Transformer, TorchScript];

    /// <summary>The kinds that libtorch computes; all others need nothing beside this program.</summary>
    public static IReadOnlyList<string> TorchKinds { get; } = [ResNet, WideResNet, TorchMlp, Transformer, TorchScript];

    /// <summary>The losses a TorchScript module's output can be measured by.</summary>
    public static IReadOnlyList<string> Losses { get; } = [CrossEntropy, Squared];

    /// <summary>Whether a kind is one of <see cref="TorchKinds"/>.</summary>
    public static bool IsTorch(string kind) => TorchKinds.Contains(kind);

    /// <summary>Makes the model a plan names, for the samples it will be trained on.</summary>
    /// <param name="plan">A plan without mistakes, neither by itself nor with this data.</param>
    /// <exception cref="ArgumentException">The plan has mistakes; all of them are named.</exception>
    public static IModel Create(ModelPlan plan, ISampleSource samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Create(plan, samples.Shape, samples.ClassCount);
    }

    /// <summary>Makes the model a plan names, for data of a given shape.</summary>
    /// <param name="plan">A plan without mistakes, neither by itself nor with this data.</param>
    /// <param name="shape">Extents of one sample, each at least 1; models of layers take their product as features.</param>
    /// <param name="classCount">Classes of the data, 0 for real-valued targets.</param>
    /// <exception cref="ArgumentException">
    /// The plan has mistakes; all of them are named. Ask <see cref="ModelPlan.Mistakes"/> and
    /// <see cref="ModelPlan.MistakesWith"/> first where the plan comes from a user.
    /// </exception>
    public static IModel Create(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentOutOfRangeException.ThrowIfNegative(classCount);
        foreach (int extent in shape)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(extent, 1, nameof(shape));
        }

        string[] mistakes = [.. plan.Mistakes("model")];
        mistakes = mistakes.Length > 0 ? mistakes : [.. plan.MistakesWith("model", shape, classCount)];
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(plan));
        }

        int featureCount = shape.Aggregate(1, (product, extent) => checked(product * extent));
        return plan.Kind switch
        {
            LeastSquares => new LinearModel<SquaredLoss>(plan, featureCount),
            Logistic => new LinearModel<LogisticLoss>(plan, featureCount),
            Softmax or Mlp => new LayeredModel(plan, featureCount, classCount),
            LeNet5 => new LeNet5Model(plan, shape, classCount),
            _ => TorchModels.Create(plan, shape, classCount),
        };
    }
}
