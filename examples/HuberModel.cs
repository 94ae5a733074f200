using OrleansSgd.Core.Samples;

namespace OrleansSgd.Examples;

/// <summary>Linear regression that far outliers cannot pull away: the loss is ½r² up to |r| = δ, and δ(|r| − ½δ) beyond.</summary>
/// <remarks>
/// An example of a model; docs/guides/extending.md goes through it. r = a·w − y. Parameters: <c>weight</c> [1, features]. Dense samples with
/// real-valued targets.
/// </remarks>
public sealed class HuberModel : IModel
{
    private readonly double _delta;

    /// <param name="featureCount">Coordinates of one sample, at least 1.</param>
    /// <param name="delta">δ, above 0.</param>
    public HuberModel(int featureCount, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
        ParameterCount = featureCount;
        _delta = delta;
        Tensors = [new ParameterTensor("weight", [1, featureCount], 0)];
    }

    /// <inheritdoc/>
    public string Kind => "huber";

    /// <inheritdoc/>
    public int ParameterCount { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    /// <inheritdoc/>
    public bool HasExactSmoothness => false;

    /// <inheritdoc/>
    public bool IsClassifier => false;

    /// <summary>Zero for every seed: the loss is convex, so no start needs luck.</summary>
    public void Initialise(Span<float> parameters, ulong seed) => parameters.Clear();

    /// <inheritdoc/>
    public IGradientSession CreateSession(int batchMax) => new Session(_delta);

    /// <summary>Not known: L of squares would be an upper bound. The grid then estimates L, and the certificate is STATISTICAL.</summary>
    public double? Smoothness(ISampleSource samples) => null;

    private sealed class Session(double delta) : IGradientSession
    {
        public BatchLoss Gradient(ReadOnlySpan<float> parameters, SampleBatch batch, Span<float> gradient)
        {
            gradient.Clear();
            double loss = 0;
            for (int row = 0; row < batch.Count; row++)
            {
                ReadOnlySpan<float> features = batch.Dense.Slice(row * batch.FeatureCount, batch.FeatureCount);
                double residual = Residual(parameters, features, batch.Labels[row]);
                loss += Loss(residual);

                // The derivative by r is r, cut off at ±δ; the gradient is the mean over the batch.
                float slope = (float)(Math.Clamp(residual, -delta, delta) / batch.Count);
                for (int i = 0; i < features.Length; i++)
                {
                    gradient[i] += slope * features[i];
                }
            }

            return new BatchLoss(loss, batch.Count, 0);
        }

        public BatchLoss Evaluate(ReadOnlySpan<float> parameters, SampleBatch batch)
        {
            double loss = 0;
            for (int row = 0; row < batch.Count; row++)
            {
                loss += Loss(Residual(parameters, batch.Dense.Slice(row * batch.FeatureCount, batch.FeatureCount), batch.Labels[row]));
            }

            return new BatchLoss(loss, batch.Count, 0);
        }

        public void Dispose()
        {
            // It has no buffers of its own.
        }

        private double Loss(double residual) =>
            Math.Abs(residual) <= delta ? residual * residual / 2 : delta * (Math.Abs(residual) - (delta / 2));

        private static double Residual(ReadOnlySpan<float> parameters, ReadOnlySpan<float> features, float target)
        {
            double sum = -target;
            for (int i = 0; i < features.Length; i++)
            {
                sum += (double)parameters[i] * features[i];
            }

            return sum;
        }
    }
}
