using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Vectors;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Grains.Workers;

/// <summary>Computes what one update is made of, a gradient or several of its own, and writes down what the ledger wants to know of it.</summary>
/// <remarks>
/// Order of one update: <see cref="Begin"/> notes the view, <see cref="Compute(ReadOnlySpan{float}, in BatchRange)"/> computes at it (or
/// beside it, where something stands in for missing updates), then <see cref="UpdateEncoder"/> takes gradient and record over.
/// </remarks>
internal sealed class GradientStep : IDisposable
{
    private readonly RunPlan _plan;
    private readonly TimeProvider _time;
    private readonly int _shardCount;
    private readonly bool _sketchesHeld;
    private readonly double _rateFactor;
    private readonly StepDeadline _deadline;
    private readonly BatchReader _reader;
    private readonly BatchGradient _batch;
    private readonly NoiseProbe _noise;
    private readonly SecantProbe _secants;
    private readonly LocalDescent? _descent;
    private float[] _gradient;
    private double _norm = double.NaN;
    private float[] _local = [];
    private float[] _point = [];
    private long _updates;

    /// <param name="smoothnessIsKnown">True when L is exact: then no secants are measured.</param>
    /// <param name="transform">Augmentation; null for none.</param>
    /// <param name="batchesAhead">Batches of a lease that are read while a gradient is computed.</param>
    public GradientStep(
        RunPlan plan, IModel model, ISampleSource samples, ShardMap map, TimeProvider time, bool smoothnessIsKnown,
        ISampleTransform? transform = null, int batchesAhead = 0)
    {
        _plan = plan;
        _time = time;
        _shardCount = map.Count;
        _sketchesHeld = HoldsBack(plan);
        _rateFactor = UpdateRules.RateFactorOf(plan.Rule);
        _deadline = new StepDeadline(plan, time);
        _reader = new BatchReader(samples, plan.Seed, plan.BatchMax, transform, batchesAhead, model.TakesBytes);
        _batch = new BatchGradient(model, _reader, plan.BatchMax, _deadline);
        _descent = LocalDescent.Create(plan, _batch.Session, samples, transform, model.ParameterCount);
        _noise = new NoiseProbe(_batch, plan.Consistency.NoiseEvery);
        _secants = new SecantProbe(_batch, smoothnessIsKnown ? 0 : plan.Consistency.SmoothnessEvery);
        _gradient = new float[model.ParameterCount];
    }

    /// <summary>[d]; the gradient computed last, or the sum of several local ones; clipped where the rule says so. Of no use once it is handed over.</summary>
    public float[] Gradient => _gradient;

    /// <summary>Updates computed so far.</summary>
    public long Count => _updates;

    /// <summary>Norm of the gradient computed last, before it is handed over; O(d) the first time.</summary>
    public double GradientNorm => double.IsNaN(_norm) ? _norm = Math.Sqrt(GradientNorms.Squared(_gradient)) : _norm;

    /// <summary>What is known of the update before it is encoded.</summary>
    public TicketRecord Record { get; } = new();

    /// <summary>Norm that was clipped off, of all gradients of the update together, in gradient units.</summary>
    public double ClippedNorm { get; private set; }

    /// <summary>How far the worker's own point went from the view during local steps.</summary>
    public double LocalDistance { get; private set; }

    /// <summary>σ² of a batch gradient, lately; NaN before the first measurement.</summary>
    public double Noise => _noise.Noise;

    /// <summary>‖∇f‖² at the views, lately; NaN before the first measurement.</summary>
    public double GradientSquared => _noise.GradientSquared;

    /// <summary>Begins the record of one update whose view is what the worker has now.</summary>
    public void Begin(WorkerView view)
    {
        Record.Begin(_shardCount, _plan.Consistency.Sketch, _sketchesHeld);
        view.NoteIn(Record);
    }

    /// <summary>Begins the record and computes at the view itself.</summary>
    public BatchLoss Compute(WorkerView view, in BatchRange range)
    {
        Begin(view);
        return Compute(view.Parameters, range);
    }

    /// <summary>Computes at a point, after <see cref="Begin"/>.</summary>
    /// <param name="point">[d]; the view, or the view less what stands in for missing updates.</param>
    /// <param name="range">Up to a batch, or with local steps as many batches.</param>
    /// <returns>Loss over the samples used, each at the point where its gradient was computed.</returns>
    public BatchLoss Compute(ReadOnlySpan<float> point, in BatchRange range)
    {
        _deadline.Begin();
        _norm = double.NaN;
        _secants.Measure(point, Record);
        long start = _time.GetTimestamp();
        ClippedNorm = 0;
        LocalDistance = 0;
        float moved = (float)(RateOf(range) * _rateFactor);
        BatchLoss loss = _descent is null || moved <= 0 ? Steps(point, range, moved) : Descend(_descent, point, range, moved);

        Record.SampleCount = loss.Count;
        Record.LossSum = double.IsFinite(loss.LossSum) ? loss.LossSum : double.NaN;
        Record.LocalDistance = range.Lease.SlotCount > 1 ? LocalDistance : 0;
        Record.GradientSeconds = _time.GetElapsedTime(start).TotalSeconds;
        _updates++;
        return loss;
    }

    /// <summary>Begins an update with the gradient, which the codec may keep: the next one is computed into what it hands back.</summary>
    /// <returns>As <see cref="IUpdateCodec.TryBegin(ref float[], float, double)"/>.</returns>
    public bool HandOver(IUpdateCodec codec, float rate) => codec.TryBegin(ref _gradient, rate, _norm);

    /// <summary>Gives the gradient to frames that carry it; the next one is computed into what they carried before.</summary>
    public void Lend(UpdateFrames frames, ShardMap map)
    {
        frames.Lend(ref _gradient, map);
        _norm = double.NaN;
    }

    /// <summary>What the gradient of the batch is scaled by before the rule.</summary>
    public float RateOf(in BatchRange range) => (float)_plan.RateOf(
        range.Lease.Epoch + ((double)range.Start / _reader.SampleCount), range.Lease.SlotCount);

    /// <inheritdoc/>
    public void Dispose() => _batch.Dispose();

    /// <summary>Whether a worker of this plan keeps something back that x counts as applied: a residual, or momentum.</summary>
    public static bool HoldsBack(RunPlan plan) =>
        plan.Rule.Kind == RulePlan.Momentum || plan.Codec.HoldsBack;

    private BatchLoss Steps(ReadOnlySpan<float> point, in BatchRange range, float moved)
    {
        BatchLoss loss = First(point, range);
        Record.StepCount = 1;
        int at = range.Start + loss.Count;
        while (at < range.End && !_deadline.IsLate())
        {
            loss = Sum(loss, Next(point, range, at, moved));
            Record.StepCount++;
            at = range.Start + loss.Count;
        }

        return loss;
    }

    // The first step is one like any other unless something is to be measured at it.
    private BatchLoss Descend(LocalDescent descent, ReadOnlySpan<float> point, in BatchRange range, float moved)
    {
        BatchLoss first = _noise.IsDue(_updates, FirstLength(range)) || _secants.IsDue(_updates) ? First(point, range) : default;
        Record.StepCount = 1 + ((range.Length - 1) / _plan.Batch);
        return first.Count == range.Length ? first : Sum(first, descent.Walk(point, range, range.Start + first.Count, moved, Gradient));
    }

    private static BatchLoss Sum(in BatchLoss one, in BatchLoss other) =>
        new(one.LossSum + other.LossSum, one.Count + other.Count, one.Correct + other.Correct);

    private int FirstLength(in BatchRange range) => Math.Min(_plan.BatchMax, range.Length);

    // In rounds what is measured depends on the round alone, so that a slot makes the same bits whoever computes it.
    private BatchLoss First(ReadOnlySpan<float> point, in BatchRange range)
    {
        EpochRows rows = _reader.Rows(range.Lease.Epoch, range.Start, FirstLength(range), range.Lease.End);
        long number = range.Lease.Round >= 0 ? range.Lease.Round : _updates;
        BatchLoss loss = _noise.IsDue(number, rows.Length)
            ? _noise.Compute(point, rows, Gradient, Record, out int firstCoordinate)
            : _batch.Compute(point, rows, Gradient, out firstCoordinate);
        Record.IsPartial = firstCoordinate > 0;
        if (!Record.IsPartial && _secants.IsDue(_updates))
        {
            _secants.Keep(rows, point, Gradient);
        }

        Clip(Gradient);
        return loss;
    }

    // One more gradient where the worker stands by now: its view, moved by everything that the update will move x by.
    private BatchLoss Next(ReadOnlySpan<float> point, in BatchRange range, int at, float moved)
    {
        if (_local.Length == 0)
        {
            _local = new float[Gradient.Length];
            _point = new float[Gradient.Length];
        }

        GradientNorms.Step(point, Gradient, moved, _point);
        LocalDistance = Math.Max(LocalDistance, moved * Math.Sqrt(GradientNorms.Squared(Gradient)));
        EpochRows rows = _reader.Rows(range.Lease.Epoch, at, Math.Min(_plan.Batch, range.End - at), range.Lease.End);
        BatchLoss loss = _batch.Compute(_point, rows, _local, out int firstCoordinate);
        Record.IsPartial |= firstCoordinate > 0;
        Clip(_local);
        GradientNorms.Add(Gradient, _local);
        return loss;
    }

    private void Clip(float[] gradient)
    {
        if (_plan.Rule.ClipNorm > 0)
        {
            ClippedNorm += NormClip.Clip(gradient, _plan.Rule.ClipNorm);
        }
    }
}
