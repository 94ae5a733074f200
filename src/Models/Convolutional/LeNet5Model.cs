using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Layers;

namespace OrleansSgd.Models.Convolutional;

/// <summary>LeNet-5 (LeCun et al. 1998) as it is built today, with ReLU and max-pooling, computed by our own loops.</summary>
/// <remarks>
/// <para>conv1 6@5×5 (padding 2), pool, conv2 16@5×5, pool, fc1 120, fc2 84, fc3 classes. 61 706 parameters for images of 1 × 28 × 28 and
/// 10 classes. Names, order and shapes of the tensors are those of the same network as a PyTorch module.</para>
/// <para>The loss is cross-entropy plus ½·λ·‖x‖².</para>
/// </remarks>
internal sealed class LeNet5Model : IModel
{
    /// <summary>Smallest height and width: from 12 on something is left after the second pool.</summary>
    public const int ExtentMin = 12;

    /// <summary>Zeros on each side of an image.</summary>
    public const int Border = 2;

    private const int FirstOutputs = 6;
    private const int SecondOutputs = 16;
    private static readonly int[] Hidden = [120, 84];

    /// <param name="plan">Its λ is used.</param>
    /// <param name="shape">[channels, height, width].</param>
    /// <param name="classCount">At least 2.</param>
    public LeNet5Model(ModelPlan plan, IReadOnlyList<int> shape, int classCount)
    {
        L2 = plan.L2;
        Shape = shape;
        ClassCount = classCount;
        FeatureCount = checked(shape[0] * shape[1] * shape[2]);
        First = new ConvolutionLayer(shape[0], shape[1] + (2 * Border), shape[2] + (2 * Border), FirstOutputs, 0);
        Second = new ConvolutionLayer(FirstOutputs, First.PooledHeight, First.PooledWidth, SecondOutputs, First.End);
        var tensors = new List<ParameterTensor>();
        Name(tensors, "conv1", [First.Outputs, First.Channels, ConvolutionLayer.Side, ConvolutionLayer.Side], First.WeightOffset, First.BiasOffset);
        Name(tensors, "conv2", [Second.Outputs, Second.Channels, ConvolutionLayer.Side, ConvolutionLayer.Side], Second.WeightOffset, Second.BiasOffset);
        int[] widths = [Second.PooledLength, .. Hidden, classCount];
        var linear = new LinearLayer[widths.Length - 1];
        int offset = Second.End;
        for (int l = 0; l < linear.Length; l++)
        {
            linear[l] = new LinearLayer(widths[l], widths[l + 1], offset, HasBias: true);
            Name(tensors, $"fc{l + 1}", [widths[l + 1], widths[l]], offset, linear[l].BiasOffset);
            offset = linear[l].End;
        }

        Linear = linear;
        Tensors = tensors;
        ParameterCount = offset;
    }

    public string Kind => ModelCatalog.LeNet5;

    public int ParameterCount { get; }

    public IReadOnlyList<ParameterTensor> Tensors { get; }

    public bool IsClassifier => true;

    public bool HasExactSmoothness => false;

    /// <summary>[channels, height, width] of a sample.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Coordinates of one sample.</summary>
    public int FeatureCount { get; }

    public int ClassCount { get; }

    /// <summary>λ.</summary>
    public double L2 { get; }

    /// <summary>conv1 and its pool.</summary>
    public ConvolutionLayer First { get; }

    /// <summary>conv2 and its pool.</summary>
    public ConvolutionLayer Second { get; }

    /// <summary>fc1, fc2 and fc3.</summary>
    public IReadOnlyList<LinearLayer> Linear { get; }

    /// <summary>d, without making the network.</summary>
    public static long ParameterCountOf(IReadOnlyList<int> shape, int classCount) =>
        (25L * FirstOutputs * shape[0]) + FirstOutputs + (25 * FirstOutputs * SecondOutputs) + SecondOutputs
        + ((Flattened(shape) + 1) * Hidden[0]) + ((Hidden[0] + 1) * Hidden[1]) + ((Hidden[1] + 1L) * classCount);

    /// <summary>Weights and biases uniform within ±1/√(inputs of one output), as PyTorch's modules draw them by themselves.</summary>
    /// <remarks>Tensor i draws from stream i of the seed, so its start does not depend on the tensors before it.</remarks>
    public void Initialise(Span<float> parameters, ulong seed)
    {
        if (parameters.Length != ParameterCount)
        {
            throw new ArgumentException(
                $"Parameters have {parameters.Length} coordinates, but the model has {ParameterCount}.", nameof(parameters));
        }

        double limit = 0;
        for (int i = 0; i < Tensors.Count; i++)
        {
            ParameterTensor tensor = Tensors[i];
            if (tensor.Shape.Count > 1) // the bias after it has the same inputs
            {
                limit = 1 / Math.Sqrt((double)tensor.Length / tensor.Shape[0]);
            }

            var random = new SeededRandom(seed, (ulong)i);
            foreach (ref float value in parameters.Slice(tensor.Offset, tensor.Length))
            {
                value = (float)(limit * ((2 * random.NextDouble()) - 1));
            }
        }
    }

    public IGradientSession CreateSession(int batchMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchMax, 1);
        return new LeNet5Session(this, batchMax);
    }

    /// <summary>None: a network has no smallest L in closed form.</summary>
    public double? Smoothness(ISampleSource samples) => null;

    // conv1 keeps the extent, each pool halves it, conv2 takes 4.
    private static long Flattened(IReadOnlyList<int> shape) =>
        (long)SecondOutputs * (((shape[1] / 2) - 4) / 2) * (((shape[2] / 2) - 4) / 2);

    private static void Name(List<ParameterTensor> tensors, string layer, int[] weight, int weightOffset, int biasOffset)
    {
        tensors.Add(new ParameterTensor(layer + ".weight", weight, weightOffset));
        tensors.Add(new ParameterTensor(layer + ".bias", [weight[0]], biasOffset));
    }
}
