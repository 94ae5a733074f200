using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Smoothness;

namespace OrleansSgd.Models.Linear;

/// <summary>One score z = a·w + b for each sample, and a convex loss of it.</summary>
/// <remarks>
/// Parameters: <c>weight</c> [1, features], then <c>bias</c> [1]. The mean loss grows by ½·λ·‖x‖², bias included,
/// so that λ is also the constant of strong convexity.
/// </remarks>
/// <typeparam name="TLoss">Squared or logistic.</typeparam>
internal sealed class LinearModel<TLoss> : IModel
    where TLoss : struct, IPointLoss
{
    public LinearModel(ModelPlan plan, int featureCount)
    {
        FeatureCount = featureCount;
        HasBias = plan.Bias;
        L2 = plan.L2;
        ParameterCount = featureCount + (HasBias ? 1 : 0);
        var weight = new ParameterTensor("weight", [1, featureCount], 0);
        Tensors = HasBias ? [weight, new ParameterTensor("bias", [1], featureCount)] : [weight];
    }

    public string Kind => TLoss.Kind;

    public int ParameterCount { get; }

    public IReadOnlyList<ParameterTensor> Tensors { get; }

    public bool IsClassifier => TLoss.ClassCount > 0;

    public bool HasExactSmoothness => true;

    /// <summary>Coordinates of one sample.</summary>
    public int FeatureCount { get; }

    /// <summary>Whether the last coordinate is a bias.</summary>
    public bool HasBias { get; }

    /// <summary>λ.</summary>
    public double L2 { get; }

    /// <summary>Zero for every seed: the loss is convex, so no start needs luck.</summary>
    public void Initialise(Span<float> parameters, ulong seed)
    {
        if (parameters.Length != ParameterCount)
        {
            throw new ArgumentException(
                $"Parameters have {parameters.Length} coordinates, but the model has {ParameterCount}.",
                nameof(parameters));
        }

        parameters.Clear();
    }

    public IGradientSession CreateSession(int batchMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchMax, 1);
        return new LinearSession<TLoss>(this, batchMax);
    }

    /// <summary>κ·λmax(AᵀA)/n + λ, where κ is 1 for squares and ¼ for logistic.</summary>
    /// <remarks>
    /// A has a row [a, 1] for each sample, the 1 only with a bias. The Hessian is Σ κᵢ·a·aᵀ/n + λ·I with κᵢ the
    /// second derivative of the point loss: for squares that is L exactly, for logistic κᵢ = ¼ in all samples at
    /// x = 0, so no smaller constant holds either. The eigenvalue is an upper bound no more than
    /// <see cref="SpectralBound.AccuracyOf"/> too high.
    /// </remarks>
    public double? Smoothness(ISampleSource samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return (TLoss.CurvatureMax * SpectralBound.OfRows(samples, FeatureCount, HasBias)) + L2;
    }
}
