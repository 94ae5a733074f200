using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Torch.Inputs;
using OrleansSgd.Models.Torch.Losses;
using OrleansSgd.Models.Torch.Networks;
using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>The models that libtorch computes, from their plans.</summary>
internal static class TorchModels
{
    /// <summary>Makes one.</summary>
    /// <param name="plan">Of a kind of <see cref="ModelCatalog.TorchKinds"/>, without mistakes.</param>
    /// <param name="shape">Extents of one sample.</param>
    /// <param name="classCount">Classes of the data, 0 for targets.</param>
    /// <exception cref="ModelException">libtorch cannot make it.</exception>
    public static IModel Create(ModelPlan plan, IReadOnlyList<int> shape, int classCount) => new TorchModel(plan, plan.Kind switch
    {
        ModelCatalog.ResNet => Images(shape, classCount, () => new ResNet(plan.DepthOrDefault, shape[0], classCount)),
        ModelCatalog.WideResNet => Images(
            shape, classCount, () => new WideResNet(plan.DepthOrDefault, plan.WidthOrDefault, shape[0], classCount)),
        ModelCatalog.TorchMlp => OfPerceptron(plan, shape, classCount),
        ModelCatalog.Transformer => OfDecoder(plan, shape, classCount),
        _ => OfScript(plan, shape, classCount),
    });

    private static TorchRecipe Images(
        IReadOnlyList<int> shape, int classCount, Func<torch.nn.Module<torch.Tensor, torch.Tensor>> network) => new()
        {
            FeatureCount = FeatureCountOf(shape),
            ClassCount = classCount,
            CreateNetwork = () => Network.Of(network()),
            CreateInput = batchMax => new ChannelsLastInput(batchMax, shape),
            CreateLoss = batchMax => new CrossEntropyLoss(batchMax),
            CreateStart = made => new DrawnStart(made),
            CreateMomenta = AllOne,
        };

    private static TorchRecipe OfPerceptron(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        int featureCount = FeatureCountOf(shape);
        int[] widths = plan.Widths(featureCount, classCount);
        return new TorchRecipe
        {
            FeatureCount = featureCount,
            ClassCount = classCount,
            CreateNetwork = () => Network.Of(new Perceptron(widths, plan.Activation == "tanh", plan.Bias)),
            CreateInput = batchMax => new PlainInput(batchMax, [featureCount]),
            CreateLoss = batchMax => classCount > 0 ? new CrossEntropyLoss(batchMax) : new SquaredErrorLoss(batchMax),
            CreateStart = made => new DrawnStart(made),
            CreateMomenta = AllOne,
        };
    }

    private static TorchRecipe OfDecoder(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        int length = shape[0] - 1;
        return new TorchRecipe
        {
            FeatureCount = shape[0],
            ClassCount = classCount,
            CreateNetwork = () => Network.Of(
                new Decoder(classCount, length, plan.DepthOrDefault, plan.WidthOrDefault, plan.HeadsOrDefault)),
            CreateInput = batchMax => new TokenInput(batchMax, length, classCount),
            CreateLoss = batchMax => new NextTokenLoss(batchMax, length),
            CreateStart = made => new DrawnStart(made),
            CreateMomenta = AllOne,
        };
    }

    private static TorchRecipe OfScript(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        bool isSquared = plan.LossOrDefault(classCount) == ModelCatalog.Squared;
        return new TorchRecipe
        {
            FeatureCount = FeatureCountOf(shape),
            ClassCount = isSquared ? 0 : classCount,
            CreateNetwork = () => Network.OfScript(plan.Path!),
            CreateInput = batchMax => new PlainInput(batchMax, shape),
            CreateLoss = batchMax => isSquared ? new SquaredErrorLoss(batchMax) : new CrossEntropyLoss(batchMax),
            CreateStart = made => new FileStart(made),
            CreateMomenta = made => MomentaOf(made, shape),
        };
    }

    // Our own networks normalise with momentum 1; see Norms.
    private static float[] AllOne(Network network) => [.. network.Statistics.Select(_ => 1f)];

    private static float[] MomentaOf(Network network, IReadOnlyList<int> shape)
    {
        if (network.Statistics.Count == 0)
        {
            return [];
        }

        using torch.Tensor zeros = torch.zeros([2, .. shape.Select(extent => (long)extent)]);
        return RunningStatistics.MomentaOf(network, zeros);
    }

    private static int FeatureCountOf(IReadOnlyList<int> shape) => shape.Aggregate(1, (product, extent) => checked(product * extent));
}
