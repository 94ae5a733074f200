using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Grains.Workers;

/// <summary>Variance-bounded rounds: what stands in, at this worker alone, for updates that its view lacks.</summary>
/// <remarks>
/// <para>Order of one update: <see cref="GradientStep.Begin"/>, <see cref="Substituted"/>, the gradient there, <see cref="Remember"/>.</para>
/// <para>A missing update is taken to be the worker's own last one, or the mean of those that came since its last view, (v′ − v) / count in each
/// shard; whichever is closest on the average (<see cref="Substitution"/>), or nothing where noise would be larger than what is missing.</para>
/// </remarks>
internal sealed class MissingUpdates(RunPlan plan, ShardMap map)
{
    private readonly float[] _point = new float[map.Dimension];
    private readonly float[] _viewBefore = new float[map.Dimension];
    private readonly long[] _settledBefore = new long[map.Count];
    private readonly int[] _incarnationBefore = new int[map.Count];
    private readonly float[] _own = new float[map.Dimension];
    private float _ownRate;
    private bool _hasOwn;
    private bool _hasView;

    /// <summary>The view less what stands in for the updates it lacks, and its norm in the record of the step.</summary>
    /// <param name="view">[d].</param>
    /// <param name="missing">[shards]; updates of rounds that are over and that the view lacks; 0 or more.</param>
    /// <param name="slotCount">p.</param>
    /// <param name="step">Its record has this view; its estimates decide.</param>
    /// <returns>[d], valid until the next call; the view itself when nothing stands in.</returns>
    public ReadOnlySpan<float> Substituted(ReadOnlySpan<float> view, ReadOnlySpan<int> missing, int slotCount, GradientStep step)
    {
        bool hasStandIn = false;
        for (int shard = 0; shard < map.Count; shard++)
        {
            ref SliceRecord slice = ref step.Record.Slices[shard];
            long settled = slice.ViewWatermark + slice.ExceptionCount;
            bool isSameLife = _hasView && slice.ViewIncarnation == _incarnationBefore[shard];
            long arrived = isSameLife ? Math.Max(0, settled - _settledBefore[shard]) : 0;
            int count = Math.Min(missing[shard], slotCount - 1);
            slice.SubstituteNormSquared = StandIn(view, map[shard], Choose(count, slotCount, arrived > 0, step), count, arrived);
            hasStandIn |= slice.SubstituteNormSquared > 0;
            _settledBefore[shard] = settled;
            _incarnationBefore[shard] = slice.ViewIncarnation;
        }

        view.CopyTo(_viewBefore);
        _hasView = true;
        return hasStandIn ? _point : view;
    }

    /// <summary>Takes note of the worker's own update.</summary>
    /// <param name="gradient">[d]; copied.</param>
    /// <param name="rate">What it was scaled by.</param>
    public void Remember(ReadOnlySpan<float> gradient, float rate)
    {
        gradient.CopyTo(_own);
        _ownRate = rate;
        _hasOwn = true;
    }

    private Substitute Choose(int count, int slotCount, bool hasMean, GradientStep step)
    {
        if (count == 0)
        {
            return Substitute.None;
        }

        switch (plan.Substitute)
        {
            case "own":
                return _hasOwn ? Substitute.Own : Substitute.None;
            case "mean":
                return hasMean ? Substitute.Mean : Substitute.None;
            case "none":
                return Substitute.None;
            default:
                bool isKnown = !double.IsNaN(step.GradientSquared) && (hasMean || _hasOwn);
                return isKnown
                    ? Substitution.Choose(step.GradientSquared, step.Noise, slotCount, count, hasMean)
                    : Substitute.None;
        }
    }

    // Writes the slice of the point, and answers the squared norm of what was taken off the view there.
    private double StandIn(ReadOnlySpan<float> view, ShardRange range, Substitute substitute, int count, long arrived)
    {
        ReadOnlySpan<float> here = view.Slice(range.Start, range.Length);
        Span<float> point = _point.AsSpan(range.Start, range.Length);
        double scale;
        double squared;
        switch (substitute)
        {
            case Substitute.Own:
                ReadOnlySpan<float> own = _own.AsSpan(range.Start, range.Length);
                scale = (float)(count * (double)_ownRate);
                squared = GradientNorms.Squared(own);
                GradientNorms.Step(here, own, (float)scale, point);
                break;
            case Substitute.Mean:
                scale = (float)(count / (double)arrived);
                GradientNorms.Step(_viewBefore.AsSpan(range.Start, range.Length), here, 1, point);
                squared = GradientNorms.Squared(point);
                GradientNorms.Step(here, point, (float)scale, point);
                break;
            default:
                here.CopyTo(point);
                return 0;
        }

        return scale * scale * squared;
    }
}
