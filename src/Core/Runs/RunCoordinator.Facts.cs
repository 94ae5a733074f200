using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Core.Optimizers;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Runs;

/// <content>What the ledger is told of an update whose worker died before it could tell.</content>
public sealed partial class RunCoordinator
{
    private void Orphan(in OpenTicket open, int worker, int incarnation, ReadOnlySpan<FenceReport> reports, bool[] applied)
    {
        double rate = RateOf(open, reports);
        double[] normSquared = new double[applied.Length];
        for (int shard = 0; shard < applied.Length; shard++)
        {
            // A shard that has the update from a view alone cannot say how long its slice is, but no slice is longer than the whole.
            double known = reports[shard].NormSquared;
            normSquared[shard] = !applied[shard] ? 0 : reports[shard].HadApplied && double.IsFinite(known) ? known : open.Norm * open.Norm;
        }

        string gone = $"Ticket {open.Ticket} of worker {worker} is in x, but whoever knew its rate or norm is gone.";
        if (!HasKeepers && !(double.IsFinite(rate) && normSquared.All(double.IsFinite)))
        {
            Break(gone);
            return;
        }

        _facts.Enqueue(new LedgerFact(LedgerFactKind.Orphan)
        {
            Reason = gone, // counts unless a keeper has the row
            Ticket = open.Ticket,
            Worker = worker,
            Incarnation = incarnation,
            Applied = applied,
            NormSquared = normSquared,
            Rate = rate,
            SlotCount = open.Lease.SlotCount,
            RoundTicket = open.Grant.RoundTicket,
            SampleCount = open.End - open.Start,
            ViewFloor = Math.Min(open.ViewFloor, open.Grant.RoundTicket),
        });
    }

    private void Break(string reason) => _facts.Enqueue(new LedgerFact(LedgerFactKind.Break) { Reason = reason });

    // Where no shard has seen the push, what the plan says; a rule that goes by the delay may have used less.
    private double RateOf(in OpenTicket open, ReadOnlySpan<FenceReport> reports)
    {
        foreach (FenceReport report in reports)
        {
            if (report.HadApplied && double.IsFinite(report.Rate))
            {
                return report.Rate;
            }
        }

        double epoch = open.Lease.Epoch + ((double)open.Start / _samples);
        return open.Lease.IsFlush ? 0
            : _plan.Rule.DelayAdaptive || _plan.Mode == RunPlan.Adaptive || _plan.Scaling == RunPlan.ScaleRate ? double.NaN
            : _plan.RateOf(epoch, open.Lease.SlotCount) * UpdateRules.RateFactorOf(_plan.Rule);
    }
}
