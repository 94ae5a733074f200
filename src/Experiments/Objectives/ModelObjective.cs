using OrleansSgd.Core.Samples;
using OrleansSgd.Simulator;

namespace OrleansSgd.Experiments.Objectives;

/// <summary>The mean loss of one of the grid's models over a set of samples.</summary>
/// <remarks>
/// A position of an epoch draws one row, with replacement: an epoch is n draws, not a permutation, so that gradients are unbiased given everything
/// before them. Loss and gradient over all rows are computed by the model itself, in float: good to about 1e-6 of their size.
/// </remarks>
public sealed class ModelObjective : IObjective
{
    private readonly IModel _model;
    private readonly ISampleSource _samples;

    /// <param name="model">What to train.</param>
    /// <param name="samples">All of them fit one batch; meant for a few thousand.</param>
    public ModelObjective(IModel model, ISampleSource samples)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        _model = model;
        _samples = samples;
        Smoothness = model.Smoothness(samples) ?? double.NaN;
    }

    /// <inheritdoc/>
    public int Dimension => _model.ParameterCount;

    /// <inheritdoc/>
    public double Smoothness { get; }

    /// <inheritdoc/>
    public void Initialise(Span<float> parameters, ulong seed) => _model.Initialise(parameters, seed);

    /// <inheritdoc/>
    public IObjectiveSession Open(ulong seed, int batchMax) => new Session(_model, _samples, seed, Math.Max(batchMax, _samples.Count));

    private sealed class Session : IObjectiveSession
    {
        private readonly ISampleSource _samples;
        private readonly ulong _seed;
        private readonly IGradientSession _session;
        private readonly SampleBatch _all = new();
        private readonly SampleBatch _batch = new();
        private readonly float[] _parameters;
        private readonly float[] _gradient;
        private readonly float[] _one;
        private int[] _rows = [];

        public Session(IModel model, ISampleSource samples, ulong seed, int batchMax)
        {
            _samples = samples;
            _seed = seed;
            _session = model.CreateSession(batchMax);
            samples.Read([.. Enumerable.Range(0, samples.Count)], _all);
            _parameters = new float[model.ParameterCount];
            _gradient = new float[model.ParameterCount];
            _one = new float[model.ParameterCount];
        }

        public double Gradient(ReadOnlySpan<float> view, int epoch, int start, int end, Span<float> gradient)
        {
            if (_rows.Length < end - start)
            {
                _rows = new int[end - start];
            }

            Span<int> rows = _rows.AsSpan(0, end - start);
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = Draws.At(_seed, epoch, start + i).NextInt(_samples.Count);
            }

            _samples.Read(rows, _batch);
            return _session.Gradient(view, _batch, gradient).LossSum;
        }

        public ObjectiveTruth Measure(ReadOnlySpan<double> parameters)
        {
            Narrow(parameters);
            BatchLoss loss = _session.Gradient(_parameters, _all, _gradient);
            return new(loss.LossSum / loss.Count, DistanceSquared(_gradient, default));
        }

        public double NoiseSquared(ReadOnlySpan<double> parameters, int batch)
        {
            Narrow(parameters);
            _session.Gradient(_parameters, _all, _gradient);
            Span<int> row = stackalloc int[1];
            double sum = 0;
            for (int i = 0; i < _samples.Count; i++)
            {
                row[0] = i;
                _samples.Read(row, _batch);
                _session.Gradient(_parameters, _batch, _one);
                sum += DistanceSquared(_one, _gradient);
            }

            return sum / _samples.Count / batch;
        }

        public void Dispose() => _session.Dispose();

        private void Narrow(ReadOnlySpan<double> parameters)
        {
            for (int i = 0; i < _parameters.Length; i++)
            {
                _parameters[i] = (float)parameters[i];
            }
        }

        private static double DistanceSquared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            double sum = 0;
            for (int i = 0; i < a.Length; i++)
            {
                double difference = b.IsEmpty ? a[i] : (double)a[i] - b[i];
                sum += difference * difference;
            }

            return sum;
        }
    }
}
