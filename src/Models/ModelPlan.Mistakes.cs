namespace OrleansSgd.Models;

public sealed partial record ModelPlan
{
    private const int LayerWidthMax = 1 << 20;
    private const int HiddenCountMax = 32;

    private static readonly string[] Perceptrons = [ModelCatalog.Mlp, ModelCatalog.TorchMlp];

    private static readonly (string Key, Func<ModelPlan, bool> IsSet, string[] Kinds)[] Uses =
    [
        ("depth", plan => plan.Depth is not null, [ModelCatalog.ResNet, ModelCatalog.WideResNet, ModelCatalog.Transformer]),
        ("width", plan => plan.Width is not null, [ModelCatalog.WideResNet, ModelCatalog.Transformer]),
        ("heads", plan => plan.Heads is not null, [ModelCatalog.Transformer]),
        ("path", plan => plan.Path is not null, [ModelCatalog.TorchScript]),
        ("loss", plan => plan.Loss is not null, [ModelCatalog.TorchScript]),
    ];

    /// <summary>Every mistake in the plan by itself; empty when there is none.</summary>
    /// <param name="prefix">The path of the section, such as <c>model</c>; put before each key with a dot.</param>
    public IEnumerable<string> Mistakes(string prefix)
    {
        string at = At(prefix);
        if (!ModelCatalog.Kinds.Contains(Kind))
        {
            yield return $"{at}kind is '{Kind}'; use one of {string.Join(", ", ModelCatalog.Kinds)}.";
        }
        else
        {
            foreach (string mistake in ExtentMistakes())
            {
                yield return at + mistake;
            }
        }

        bool isPerceptron = Perceptrons.Contains(Kind);
        if (Hidden.Count > 0 && !isPerceptron && ModelCatalog.Kinds.Contains(Kind))
        {
            yield return $"{at}hidden has {Hidden.Count} layers, but {Kind} takes none; use kind mlp.";
        }

        if (Hidden.Count > HiddenCountMax)
        {
            yield return $"{at}hidden has {Hidden.Count} layers; use at most {HiddenCountMax}.";
        }

        for (int i = 0; i < Hidden.Count; i++)
        {
            if (Hidden[i] is < 1 or > LayerWidthMax)
            {
                yield return $"{at}hidden[{i}] is {Hidden[i]}; use 1 to {LayerWidthMax}.";
            }
        }

        if (isPerceptron && Activation is not ("relu" or "tanh"))
        {
            yield return $"{at}activation is '{Activation}'; use relu or tanh.";
        }

        if (!(L2 >= 0 && L2 <= 1e6))
        {
            yield return $"{at}l2 is {L2}; use 0 to 1000000.";
        }
    }

    /// <summary>Every reason why this plan does not fit the data; empty when it does.</summary>
    /// <remarks>
    /// A plan that needs libtorch where there is none does not fit. A TorchScript file is opened and run once on a sample of
    /// zeros, so a missing or damaged one and one for other shapes are found here, before training.
    /// </remarks>
    /// <param name="prefix">As in <see cref="Mistakes"/>, which must have found nothing.</param>
    /// <param name="shape">Extents of one sample, each at least 1.</param>
    /// <param name="classCount">Classes of the data, 0 for real-valued targets.</param>
    public IEnumerable<string> MistakesWith(string prefix, IReadOnlyList<int> shape, int classCount)
    {
        ArgumentNullException.ThrowIfNull(shape);
        string at = At(prefix);
        string has = classCount == 0 ? "real-valued targets" : $"{classCount} classes";
        if (Wanted(classCount) is { } wanted)
        {
            return [$"{at}kind is {Kind}, but the data has {has} and {Kind} wants {wanted}."];
        }

        return IsNetwork
            ? NetworkFit.Mistakes(this, shape, classCount).Select(mistake => at + mistake)
            : SizeMistakes(shape.Aggregate(1, (product, extent) => checked(product * extent)), classCount).Select(mistake => at + mistake);
    }

    /// <summary>d of a model of layers for data of this shape. Saturates instead of overflowing.</summary>
    internal long ParameterCount(int featureCount, int classCount)
    {
        decimal count = 0;
        int[] widths = Widths(featureCount, classCount);
        for (int i = 1; i < widths.Length; i++)
        {
            count += ((decimal)widths[i - 1] + (Bias ? 1 : 0)) * widths[i];
        }

        return (long)Math.Min(count, long.MaxValue);
    }

    // Of an architecture, not only of layers one after another.
    private bool IsNetwork => Kind == ModelCatalog.LeNet5 || ModelCatalog.IsTorch(Kind);

    private string? Wanted(int classCount) => Kind switch
    {
        ModelCatalog.LeastSquares when classCount > 2 => "targets or two classes; use softmax or mlp",
        ModelCatalog.Logistic when classCount != 2 => "two classes; use softmax, mlp or least-squares",
        ModelCatalog.Softmax when classCount < 2 => "at least two classes; use least-squares or mlp",
        ModelCatalog.Mlp or ModelCatalog.TorchMlp when classCount == 1 => "targets or at least two classes; check the labels",
        ModelCatalog.LeNet5 or ModelCatalog.ResNet or ModelCatalog.WideResNet when classCount < 2 =>
            "at least two classes; use least-squares or mlp",
        ModelCatalog.Transformer when classCount < 2 => "text, whose classes are the tokens; use data of kind text",
        _ => null,
    };

    private IEnumerable<string> SizeMistakes(int featureCount, int classCount)
    {
        long parameterCount = ParameterCount(featureCount, classCount);
        if (parameterCount > ModelCatalog.ParameterCountMax)
        {
            yield return $"hidden makes {parameterCount} parameters with {featureCount} features; " +
                $"the most is {ModelCatalog.ParameterCountMax}. Use narrower layers.";
        }
    }

    private IEnumerable<string> ExtentMistakes()
    {
        foreach ((string key, Func<ModelPlan, bool> isSet, string[] kinds) in Uses)
        {
            if (isSet(this) && !kinds.Contains(Kind))
            {
                yield return $"{key} is not used by kind {Kind}, only by {string.Join(", ", kinds)}; remove it.";
            }
        }

        foreach (string mistake in Kind switch
        {
            ModelCatalog.ResNet => ResidualMistakes(2, 8),
            ModelCatalog.WideResNet => ResidualMistakes(4, 10).Concat(RangeMistakes("width", WidthOrDefault, 1, 64)),
            ModelCatalog.Transformer => TransformerMistakes(),
            ModelCatalog.TorchScript => ScriptMistakes(),
            _ => [],
        })
        {
            yield return mistake;
        }

        if (!Bias && IsNetwork && Kind != ModelCatalog.TorchMlp)
        {
            yield return $"bias is false, but {Kind} has the biases of its architecture; remove it.";
        }

        if (Start is not null && string.IsNullOrWhiteSpace(Start))
        {
            yield return "start is empty; name a safetensors file, or remove it.";
        }
    }

    private IEnumerable<string> ResidualMistakes(int remainder, int depthMin)
    {
        const int DepthMax = 1000;
        if (DepthOrDefault < depthMin || DepthOrDefault > DepthMax || DepthOrDefault % 6 != remainder)
        {
            yield return $"depth is {DepthOrDefault}; a {Kind} has 6n + {remainder} layers: use {depthMin}, {depthMin + 6}, " +
                $"{depthMin + 12} … up to {DepthMax}.";
        }
    }

    private IEnumerable<string> TransformerMistakes()
    {
        foreach (string mistake in RangeMistakes("depth", DepthOrDefault, 1, 128)
            .Concat(RangeMistakes("width", WidthOrDefault, 1, 1 << 14)).Concat(RangeMistakes("heads", HeadsOrDefault, 1, 1 << 10)))
        {
            yield return mistake;
        }

        if (HeadsOrDefault > 0 && WidthOrDefault % HeadsOrDefault != 0)
        {
            yield return $"width is {WidthOrDefault}, which {HeadsOrDefault} heads cannot share evenly; use a multiple of model.heads.";
        }
    }

    private IEnumerable<string> ScriptMistakes()
    {
        if (string.IsNullOrWhiteSpace(Path))
        {
            yield return "path is missing; name the TorchScript file that torch.jit.save wrote.";
        }

        if (Loss is not null && !ModelCatalog.Losses.Contains(Loss))
        {
            yield return $"loss is '{Loss}'; use {string.Join(" or ", ModelCatalog.Losses)}.";
        }
    }

    private static IEnumerable<string> RangeMistakes(string key, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            yield return $"{key} is {value}; use {min} to {max}.";
        }
    }

    private static string At(string prefix) => prefix.Length == 0 ? "" : prefix + ".";
}
