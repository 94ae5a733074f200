using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Layers;
using OrleansSgd.Models.Linear;

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

    /// <summary>Most parameters of one model: what one array of floats holds with room to spare.</summary>
    public const int ParameterCountMax = 1_000_000_000;

    /// <summary>Every kind, in the order error messages list them.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [LeastSquares, Logistic, Softmax, Mlp];

    /// <summary>Makes the model a plan names, for data of a given shape.</summary>
    /// <param name="plan">A plan without mistakes, neither by itself nor with this data.</param>
    /// <param name="featureCount">Coordinates of one sample; at least 1.</param>
    /// <param name="classCount">Classes of the data, 0 for real-valued targets.</param>
    /// <exception cref="ArgumentException">
    /// The plan has mistakes; all of them are named. Ask <see cref="ModelPlan.Mistakes"/> and
    /// <see cref="ModelPlan.MistakesWith"/> first where the plan comes from a user.
    /// </exception>
    public static IModel Create(ModelPlan plan, int featureCount, int classCount)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(classCount);
        string[] mistakes = [.. plan.Mistakes("model"), .. plan.MistakesWith("model", featureCount, classCount)];
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(string.Join(' ', mistakes), nameof(plan));
        }

        return plan.Kind switch
        {
            LeastSquares => new LinearModel<SquaredLoss>(plan, featureCount),
            Logistic => new LinearModel<LogisticLoss>(plan, featureCount),
            _ => new LayeredModel(plan, featureCount, classCount),
        };
    }
}
