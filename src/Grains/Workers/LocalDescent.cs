using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Workers;

namespace OrleansSgd.Grains.Workers;

/// <summary>Local steps on a copy of the view that each change what their samples name, for models whose sessions can do that.</summary>
/// <remarks>Only what was gone from the view in the end is a vector; so H steps cost what their samples do, and a few passes over d.</remarks>
internal sealed class LocalDescent
{
    // Positions whose rows are looked up together: the next of them can be asked for, except at the end of so many.
    private const int RowsAtOnce = 2048;

    private readonly IDescendingSession _session;
    private readonly ISampleSource _samples;
    private readonly BatchReader _reader;
    private readonly int _batch;
    private readonly int[] _rows;
    private readonly float[] _point;

    private LocalDescent(RunPlan plan, IDescendingSession session, ISampleSource samples, int dimension)
    {
        _session = session;
        _samples = samples;
        _batch = plan.Batch;
        _rows = new int[Math.Max(1, RowsAtOnce / plan.Batch) * plan.Batch];
        _reader = new BatchReader(samples, plan.Seed, _rows.Length);
        _point = new float[dimension];
    }

    /// <summary>Null where local steps go another way.</summary>
    /// <remarks>
    /// A rule that clips wants each gradient as a vector; in rounds the ledger wants to know how far the worker went on the way, not only in the end.
    /// </remarks>
    public static LocalDescent? Create(RunPlan plan, IGradientSession session, ISampleSource samples, ISampleTransform? transform, int dimension) =>
        plan.LocalSteps > 1 && !plan.IsSynchronous && plan.Rule is { Kind: RulePlan.Sgd, ClipNorm: 0 } && transform is null
        && session is IDescendingSession descending && descending.CanDescend(samples)
            ? new LocalDescent(plan, descending, samples, dimension)
            : null;

    /// <summary>Walks over the positions and leaves what the gradients add up to.</summary>
    /// <param name="view">[d]; v.</param>
    /// <param name="range">Positions of the epoch's order: of the whole update.</param>
    /// <param name="start">The first that is left; those before it are in the gradient.</param>
    /// <param name="rate">α; above 0.</param>
    /// <param name="gradient">[d]; where start is the range's own it is overwritten, else the sum of the gradients before.</param>
    public BatchLoss Walk(ReadOnlySpan<float> view, in BatchRange range, int start, float rate, Span<float> gradient)
    {
        if (start == range.Start)
        {
            view.CopyTo(_point);
        }
        else
        {
            GradientNorms.Step(view, gradient, rate, _point);
        }

        double lossSum = 0;
        int correct = 0;
        for (int at = start; at < range.End; at += _rows.Length)
        {
            Span<int> rows = _rows.AsSpan(0, Math.Min(_rows.Length, range.End - at));
            _reader.Rows(range.Lease.Epoch, at, rows.Length, range.End).Rows.CopyTo(rows);
            _samples.ToTable(rows);
            BatchLoss loss = _session.Descend(_point, _samples.Table!, rows, _batch, rate);
            lossSum += loss.LossSum;
            correct += loss.Correct;
        }

        GradientNorms.Gone(view, _point, rate, gradient);
        return new BatchLoss(lossSum, range.End - start, correct);
    }
}
