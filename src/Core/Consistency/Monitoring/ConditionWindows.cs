using OrleansSgd.Core.Consistency.Bounds;
using OrleansSgd.Core.Consistency.Estimates;
using OrleansSgd.Core.Consistency.Metering;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Consistency.Monitoring;

/// <summary>Tests the gaps of a run window by window against B.</summary>
internal sealed class ConditionWindows(RunPlan plan, int length)
{
    private readonly double[] _gaps = new double[length];
    private readonly long[] _counts = new long[4];
    private int _count;
    private int _delayMax;

    /// <summary>The newest full window's test.</summary>
    public ConditionTest Newest { get; private set; } = new(ConditionVerdict.Undecided, double.NaN, double.NaN, double.NaN, plan.Consistency.Confidence);

    /// <summary>Violated when one window is, else not shown when one is not, else holds when one does.</summary>
    public ConditionVerdict Verdict =>
        this[ConditionVerdict.Violated] > 0 ? ConditionVerdict.Violated
        : this[ConditionVerdict.NotShown] > 0 ? ConditionVerdict.NotShown
        : this[ConditionVerdict.Holds] > 0 ? ConditionVerdict.Holds
        : ConditionVerdict.Undecided;

    private ref long this[ConditionVerdict verdict] => ref _counts[(int)verdict];

    public void Add(in FinalisedTicket ticket, in RunMaxima maxima)
    {
        if (!double.IsFinite(ticket.GapBound))
        {
            return;
        }

        _gaps[_count++] = ticket.GapBound;
        _delayMax = Math.Max(_delayMax, ticket.Delay);
        if (_count == _gaps.Length)
        {
            double bound = plan.Consistency.Bound ?? PredictedBound.Of(plan, maxima).Value;
            if (!double.IsNaN(bound))
            {
                Newest = ConditionTest.Of(_gaps, _delayMax, bound, plan.Consistency.Confidence);
                this[Newest.Verdict]++;
            }

            _count = _delayMax = 0;
        }
    }
}
