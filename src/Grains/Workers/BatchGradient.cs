using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Samples;

namespace OrleansSgd.Grains.Workers;

/// <summary>Gradients over rows of the epoch's shuffled order: which rows, with whose scratch, and when to stop.</summary>
internal sealed class BatchGradient(IModel model, ISampleSource samples, ulong seed, int batchMax, StepDeadline deadline) : IDisposable
{
    private readonly IGradientSession _session = model.CreateSession(batchMax);
    private readonly SampleBatch _batch = new();
    private readonly int[] _rows = new int[batchMax];
    private SeededPermutation _order = new(samples.Count, seed, 0);
    private int _epoch;

    /// <summary>d.</summary>
    public int Dimension => model.ParameterCount;

    /// <summary>Samples of one epoch.</summary>
    public int SampleCount => samples.Count;

    /// <summary>The rows at positions of an epoch's order; valid until the next call.</summary>
    /// <param name="length">1 to the largest batch.</param>
    public ReadOnlySpan<int> Rows(int epoch, int start, int length)
    {
        if (epoch != _epoch)
        {
            _epoch = epoch;
            _order = new SeededPermutation(samples.Count, seed, (ulong)epoch);
        }

        Span<int> rows = _rows.AsSpan(0, length);
        _order.Fill(start, rows);
        return rows;
    }

    /// <summary>Mean loss and gradient of the rows, whole whatever the time is.</summary>
    /// <param name="gradient">[d]; overwritten.</param>
    public BatchLoss Compute(ReadOnlySpan<float> point, ReadOnlySpan<int> rows, Span<float> gradient)
    {
        samples.Read(rows, _batch);
        return _session.Gradient(point, _batch, gradient);
    }

    /// <summary>As <see cref="Compute(ReadOnlySpan{float}, ReadOnlySpan{int}, Span{float})"/>, but stops at the deadline.</summary>
    /// <param name="firstCoordinate">The gradient is whole from here on and 0 below.</param>
    public BatchLoss Compute(ReadOnlySpan<float> point, ReadOnlySpan<int> rows, Span<float> gradient, out int firstCoordinate)
    {
        firstCoordinate = 0;
        if (!deadline.Exists || _session is not ILayeredGradient layered)
        {
            return Compute(point, rows, gradient);
        }

        samples.Read(rows, _batch);
        return layered.Gradient(point, _batch, gradient, deadline.IsLate, out firstCoordinate);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
