using OrleansSgd.Core.Randomness;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Objectives;

/// <summary>f(x) = ½ Σ λᵢxᵢ² with Gaussian noise on every gradient: L, c, σ², f and ∇f are exact.</summary>
/// <remarks>λ runs evenly in the logarithm from c to L. A sample adds noise of variance S / d to each coordinate; a batch of b has σ² = S / b.</remarks>
public sealed class QuadraticObjective : IObjective
{
    private readonly double[] _curvatures;
    private readonly double _start;

    /// <param name="dimension">d, at least 1.</param>
    /// <param name="smoothness">L.</param>
    /// <param name="condition">L / c, at least 1.</param>
    /// <param name="sampleVariance">S: E‖g − ∇f‖² of one sample.</param>
    /// <param name="start">Every coordinate of x₀.</param>
    public QuadraticObjective(int dimension, double smoothness = 1, double condition = 20, double sampleVariance = 1, double start = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(condition, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(sampleVariance);
        Smoothness = smoothness;
        SampleVariance = sampleVariance;
        _start = start;
        _curvatures = new double[dimension];
        for (int i = 0; i < dimension; i++)
        {
            _curvatures[i] = dimension == 1 ? smoothness : smoothness * Math.Pow(condition, ((double)i / (dimension - 1)) - 1);
        }
    }

    /// <inheritdoc/>
    public int Dimension => _curvatures.Length;

    /// <inheritdoc/>
    public double Smoothness { get; }

    /// <summary>S.</summary>
    public double SampleVariance { get; }

    /// <inheritdoc/>
    public void Initialise(Span<float> parameters, ulong seed) => parameters.Fill((float)_start);

    /// <inheritdoc/>
    public IObjectiveSession Open(ulong seed, int batchMax) => new Session(this, seed);

    private sealed class Session(QuadraticObjective objective, ulong seed) : IObjectiveSession
    {
        private readonly double[] _sum = new double[objective.Dimension];

        public double Gradient(ReadOnlySpan<float> view, int epoch, int start, int end, Span<float> gradient)
        {
            ReadOnlySpan<double> curvatures = objective._curvatures;
            double scale = Math.Sqrt(objective.SampleVariance / view.Length) / (end - start);
            _sum.AsSpan().Clear();
            for (int position = start; position < end; position++)
            {
                SeededRandom random = Draws.At(seed, epoch, position);
                for (int i = 0; i < _sum.Length; i++)
                {
                    _sum[i] += random.NextGaussian();
                }
            }

            double loss = 0;
            for (int i = 0; i < view.Length; i++)
            {
                loss += curvatures[i] * view[i] * view[i] / 2;
                gradient[i] = (float)((curvatures[i] * view[i]) + (scale * _sum[i]));
            }

            return loss * (end - start);
        }

        public ObjectiveTruth Measure(ReadOnlySpan<double> parameters)
        {
            double loss = 0;
            double gradientSquared = 0;
            for (int i = 0; i < parameters.Length; i++)
            {
                double slope = objective._curvatures[i] * parameters[i];
                loss += slope * parameters[i] / 2;
                gradientSquared += slope * slope;
            }

            return new(loss, gradientSquared);
        }

        public double NoiseSquared(ReadOnlySpan<double> parameters, int batch) => objective.SampleVariance / batch;

        public void Dispose()
        {
            // Nothing to free.
        }
    }
}
