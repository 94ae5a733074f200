namespace OrleansSgd.Models;

/// <summary>The <c>model</c> section of a job: which loss to train, with which extents.</summary>
/// <remarks>Says nothing about the data; <see cref="MistakesWith"/> checks the two against each other.</remarks>
public sealed record ModelPlan
{
    private const int WidthMax = 1 << 20;
    private const int HiddenCountMax = 32;

    /// <summary>One of <see cref="ModelCatalog.Kinds"/>.</summary>
    public string Kind { get; init; } = ModelCatalog.Softmax;

    /// <summary>Widths of the hidden layers of an <c>mlp</c>, first to last; empty: none.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary><c>relu</c> or <c>tanh</c>, after every hidden layer of an <c>mlp</c>.</summary>
    public string Activation { get; init; } = "relu";

    /// <summary>λ ≥ 0: the mean loss grows by ½·λ·‖x‖² over all parameters, biases included.</summary>
    public double L2 { get; init; }

    /// <summary>Whether each layer has a bias. Default true.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>The same model with ½·weightDecay·‖x‖² more in its loss: λ·v is added to every gradient at v.</summary>
    /// <param name="weightDecay">0 or more.</param>
    public ModelPlan With(double weightDecay) => weightDecay == 0 ? this : this with { L2 = L2 + weightDecay };

    /// <summary>Every mistake in the plan by itself; empty when there is none.</summary>
    /// <param name="prefix">The path of the section, such as <c>model</c>; put before each key with a dot.</param>
    public IEnumerable<string> Mistakes(string prefix)
    {
        string at = Path(prefix);
        if (!ModelCatalog.Kinds.Contains(Kind))
        {
            yield return $"{at}kind is '{Kind}'; use one of {string.Join(", ", ModelCatalog.Kinds)}.";
        }

        bool isMlp = Kind == ModelCatalog.Mlp;
        if (Hidden.Count > 0 && !isMlp && ModelCatalog.Kinds.Contains(Kind))
        {
            yield return $"{at}hidden has {Hidden.Count} layers, but {Kind} takes none; use kind mlp.";
        }

        if (Hidden.Count > HiddenCountMax)
        {
            yield return $"{at}hidden has {Hidden.Count} layers; use at most {HiddenCountMax}.";
        }

        for (int i = 0; i < Hidden.Count; i++)
        {
            if (Hidden[i] is < 1 or > WidthMax)
            {
                yield return $"{at}hidden[{i}] is {Hidden[i]}; use 1 to {WidthMax}.";
            }
        }

        if (isMlp && Activation is not ("relu" or "tanh"))
        {
            yield return $"{at}activation is '{Activation}'; use relu or tanh.";
        }

        if (!(L2 >= 0 && L2 <= 1e6))
        {
            yield return $"{at}l2 is {L2}; use 0 to 1000000.";
        }
    }

    /// <summary>Every reason why this plan does not fit the data; empty when it does.</summary>
    /// <param name="prefix">As in <see cref="Mistakes"/>.</param>
    /// <param name="featureCount">Coordinates of one sample.</param>
    /// <param name="classCount">Classes of the data, 0 for real-valued targets.</param>
    public IEnumerable<string> MistakesWith(string prefix, int featureCount, int classCount)
    {
        string at = Path(prefix);
        string has = classCount == 0 ? "real-valued targets" : $"{classCount} classes";
        string? wanted = Kind switch
        {
            ModelCatalog.LeastSquares when classCount > 2 => "targets or two classes; use softmax or mlp",
            ModelCatalog.Logistic when classCount != 2 => "two classes; use softmax, mlp or least-squares",
            ModelCatalog.Softmax when classCount < 2 => "at least two classes; use least-squares or mlp",
            ModelCatalog.Mlp when classCount == 1 => "targets or at least two classes; check the labels",
            _ => null,
        };
        if (wanted is not null)
        {
            yield return $"{at}kind is {Kind}, but the data has {has} and {Kind} wants {wanted}.";
        }

        long parameterCount = ParameterCount(featureCount, classCount);
        if (parameterCount > ModelCatalog.ParameterCountMax)
        {
            yield return $"{at}hidden makes {parameterCount} parameters with {featureCount} features; " +
                $"the most is {ModelCatalog.ParameterCountMax}. Use narrower layers.";
        }
    }

    /// <summary>d for data of this shape. Saturates instead of overflowing.</summary>
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

    /// <summary>Layer widths from features to outputs.</summary>
    internal int[] Widths(int featureCount, int classCount)
    {
        bool isScalar = Kind is ModelCatalog.LeastSquares or ModelCatalog.Logistic || classCount == 0;
        return [featureCount, .. Hidden, isScalar ? 1 : classCount];
    }

    private static string Path(string prefix) => prefix.Length == 0 ? "" : prefix + ".";
}
