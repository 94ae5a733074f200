using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Grains.Workers;

/// <summary>Computes the gradient of one batch: which rows, at which rate, with whose scratch.</summary>
internal sealed class GradientStep(RunPlan plan, IModel model, ISampleSource samples) : IDisposable
{
    private readonly IGradientSession _session = model.CreateSession(plan.Batch);
    private readonly SampleBatch _batch = new();
    private readonly int[] _rows = new int[plan.Batch];
    private SeededPermutation _order = new(samples.Count, plan.Seed, 0);
    private int _epoch;

    /// <summary>[d]; the gradient computed last.</summary>
    public float[] Gradient { get; } = new float[model.ParameterCount];

    /// <summary>Loss of the batch at the view.</summary>
    public BatchLoss Compute(ReadOnlySpan<float> view, in BatchRange range)
    {
        if (range.Lease.Epoch != _epoch)
        {
            _epoch = range.Lease.Epoch;
            _order = new SeededPermutation(samples.Count, plan.Seed, (ulong)_epoch);
        }

        Span<int> rows = _rows.AsSpan(0, range.Length);
        _order.Fill(range.Start, rows);
        samples.Read(rows, _batch);
        return _session.Gradient(view, _batch, Gradient);
    }

    /// <summary>What the gradient of the batch is scaled by.</summary>
    public float RateOf(in BatchRange range) => (float)plan.RateOf(
        range.Lease.Epoch + ((double)range.Start / samples.Count), range.Lease.SlotCount);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
