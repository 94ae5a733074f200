namespace OrleansSgd.Models;

/// <summary>The <c>model</c> section of a job: which loss to train, with which extents.</summary>
/// <remarks>
/// <para>Property names in camel case are the keys of the job file. An unset option (null) means its default; an option
/// that the kind does not use is a mistake, never ignored.</para>
/// <para>Says nothing about the data; <see cref="MistakesWith"/> checks the two against each other.</para>
/// </remarks>
public sealed partial record ModelPlan
{
    /// <summary>One of <see cref="ModelCatalog.Kinds"/>.</summary>
    public string Kind { get; init; } = ModelCatalog.Softmax;

    /// <summary>Widths of the hidden layers of an <c>mlp</c> or <c>torch-mlp</c>, first to last; empty: none.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary><c>relu</c> or <c>tanh</c>, after every hidden layer of an <c>mlp</c> or <c>torch-mlp</c>.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>λ ≥ 0: the mean loss grows by ½·λ·‖x‖² over all parameters, biases included.</summary>
    public double L2 { get; init; }

    /// <summary>Whether each layer has a bias. Default true; the deep networks other than <c>torch-mlp</c> keep theirs.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>
    /// Layers with weights of a <c>resnet</c> (6n + 2; default 20) or <c>wideresnet</c> (6n + 4; default 28); blocks of a
    /// <c>transformer</c> (default 2).
    /// </summary>
    public int? Depth { get; init; }

    /// <summary>
    /// k of a <c>wideresnet</c>: how many times wider it is than the plain one (default 10); coordinates of a token of a
    /// <c>transformer</c> (default 128).
    /// </summary>
    public int? Width { get; init; }

    /// <summary>Attention heads of a <c>transformer</c>; they share its width evenly. Default 4.</summary>
    public int? Heads { get; init; }

    /// <summary>
    /// The TorchScript file of kind <c>torchscript</c>: what <c>torch.jit.save</c> wrote. Every silo reads it, so all of them
    /// must find it by this path; a relative one starts at the working directory of the process.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>
    /// What a <c>torchscript</c> module's output is measured by: one of <see cref="ModelCatalog.Losses"/>. Default:
    /// cross-entropy for data with classes, squared for targets.
    /// </summary>
    public string? Loss { get; init; }

    /// <summary>A safetensors file that training starts from instead of a random x₀; names and shapes as the model's.</summary>
    public string? Start { get; init; }

    /// <summary>The same model with ½·weightDecay·‖x‖² more in its loss: λ·v is added to every gradient at v.</summary>
    /// <param name="weightDecay">0 or more.</param>
    public ModelPlan With(double weightDecay) => weightDecay == 0 ? this : this with { L2 = L2 + weightDecay };

    /// <summary>Layers or blocks, the default put in.</summary>
    internal int DepthOrDefault => Depth ?? Kind switch
    {
        ModelCatalog.ResNet => 20,
        ModelCatalog.WideResNet => 28,
        _ => 2,
    };

    /// <summary>Width, the default put in.</summary>
    internal int WidthOrDefault => Width ?? (Kind == ModelCatalog.WideResNet ? 10 : 128);

    /// <summary>Heads, the default put in.</summary>
    internal int HeadsOrDefault => Heads ?? 4;

    /// <summary>The loss of a TorchScript module, the default put in.</summary>
    internal string LossOrDefault(int classCount) => Loss ?? (classCount > 0 ? ModelCatalog.CrossEntropy : ModelCatalog.Squared);

    /// <summary>Layer widths from features to outputs, of the models that are made of such layers.</summary>
    internal int[] Widths(int featureCount, int classCount)
    {
        bool isScalar = Kind is ModelCatalog.LeastSquares or ModelCatalog.Logistic || classCount == 0;
        return [featureCount, .. Hidden, isScalar ? 1 : classCount];
    }
}
