using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Smoothness;

namespace OrleansSgd.Models.Layers;

/// <summary>Softmax regression and the multilayer perceptron: linear layers, an activation between them.</summary>
/// <remarks>
/// <para>Layer l maps h ↦ W·h + b with W [out, in] row-major, as PyTorch's <c>Linear</c>. In the flat vector each
/// layer's weight comes before its bias, first layer first. A softmax names them <c>weight</c> and <c>bias</c>; a
/// perceptron names layer l <c>2l.weight</c> and <c>2l.bias</c>, the places <c>nn.Sequential</c> gives them with an
/// activation after every hidden layer.</para>
/// <para>The loss is cross-entropy, or ½(z − y)² when the data has targets, plus ½·λ·‖x‖².</para>
/// </remarks>
internal sealed class LayeredModel : IModel
{
    private readonly LinearLayer[] _layers;
    private readonly double _l2;
    private readonly bool _isTanh;

    public LayeredModel(ModelPlan plan, int featureCount, int classCount)
    {
        Kind = plan.Kind;
        ClassCount = classCount;
        FeatureCount = featureCount;
        _l2 = plan.L2;
        _isTanh = plan.Activation == "tanh";
        int[] widths = plan.Widths(featureCount, classCount);
        _layers = new LinearLayer[widths.Length - 1];
        var tensors = new List<ParameterTensor>();
        int offset = 0;
        for (int l = 0; l < _layers.Length; l++)
        {
            string path = Kind == ModelCatalog.Softmax ? "" : $"{2 * l}.";
            var layer = new LinearLayer(widths[l], widths[l + 1], offset, plan.Bias);
            tensors.Add(new ParameterTensor(path + "weight", [layer.Outputs, layer.Inputs], layer.WeightOffset));
            if (plan.Bias)
            {
                tensors.Add(new ParameterTensor(path + "bias", [layer.Outputs], layer.BiasOffset));
            }

            _layers[l] = layer;
            offset = layer.End;
        }

        Tensors = tensors;
        ParameterCount = offset;
    }

    public string Kind { get; }

    public int ParameterCount { get; }

    public IReadOnlyList<ParameterTensor> Tensors { get; }

    public bool IsClassifier => ClassCount > 0;

    public bool TakesBytes => true;

    public bool HasExactSmoothness => Kind == ModelCatalog.Softmax;

    /// <summary>Classes, or 0 for a squared loss on targets.</summary>
    public int ClassCount { get; }

    /// <summary>Coordinates of one sample.</summary>
    public int FeatureCount { get; }

    /// <summary>Zero for a softmax, whose loss is convex; otherwise uniform weights and zero biases.</summary>
    /// <remarks>
    /// A layer's weights are within ±√(6/in) before a relu (He) and ±√(6/(in + out)) elsewhere (Glorot). Layer l
    /// draws from stream l of the seed, so its start does not depend on the layers before it.
    /// </remarks>
    public void Initialise(Span<float> parameters, ulong seed)
    {
        if (parameters.Length != ParameterCount)
        {
            throw new ArgumentException(
                $"Parameters have {parameters.Length} coordinates, but the model has {ParameterCount}.",
                nameof(parameters));
        }

        parameters.Clear();
        if (Kind == ModelCatalog.Softmax)
        {
            return;
        }

        for (int l = 0; l < _layers.Length; l++)
        {
            LinearLayer layer = _layers[l];
            bool isBeforeRelu = !_isTanh && l < _layers.Length - 1;
            double limit = Math.Sqrt(6.0 / (isBeforeRelu ? layer.Inputs : (double)layer.Inputs + layer.Outputs));
            var random = new SeededRandom(seed, (ulong)l);
            foreach (ref float weight in parameters[layer.WeightOffset..layer.WeightEnd])
            {
                weight = (float)(((2 * random.NextDouble()) - 1) * limit);
            }
        }
    }

    public IGradientSession CreateSession(int batchMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchMax, 1);
        return new LayeredSession(this, _layers, _l2, _isTanh, batchMax);
    }

    /// <summary>½·λmax(AᵀA)/n + λ for a softmax, null for a perceptron.</summary>
    /// <remarks>
    /// <para>A has a row [a, 1] for each sample, the 1 only with a bias. The Hessian of one sample is
    /// (diag p − p·pᵀ) ⊗ a·aᵀ. Row i of the first factor has p_i(1 − p_i) on its diagonal and absolute values that
    /// add up to p_i(1 − p_i) beside it, so by Gershgorin no eigenvalue passes 2·p_i(1 − p_i) ≤ ½; (½, ½, 0, …)
    /// attains it, and with a bias every sample can come as near to that p as one likes at the same x. So no smaller
    /// constant holds for all x.</para>
    /// <para>The eigenvalue is an upper bound at most <see cref="SpectralBound.AccuracyOf"/> too high.</para>
    /// </remarks>
    public double? Smoothness(ISampleSource samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Kind == ModelCatalog.Softmax
            ? (0.5 * SpectralBound.OfRows(samples, FeatureCount, _layers[0].HasBias)) + _l2
            : null;
    }
}
