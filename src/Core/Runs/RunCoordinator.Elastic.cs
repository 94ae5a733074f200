using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Runs;

/// <content>How many workers compute, and what their number does to batch and rate.</content>
/// <remarks>
/// The scale of an update is fixed when its lease or step begins; what has its ticket is never scaled anew (docs/theory.md: α is a property of the ticket).
/// </remarks>
public sealed partial class RunCoordinator
{
    /// <summary>Workers that are to compute on the silos there are; 1 or more.</summary>
    public int WorkersWanted => (int)Math.Clamp(
        _plan.WorkersPerSilo == 0 ? _workers.Length : (long)_plan.WorkersPerSilo * _silosOpen.Count,
        1, WorkersMax > 0 ? WorkersMax : _workers.Length);

    /// <summary>What the rate of the plan is multiplied by at the present number of workers.</summary>
    public double RateScale => _plan.Scaling == RunPlan.ScaleRate ? (double)_workers.Length / WorkersWanted : 1;

    /// <summary>What the batch of the plan is multiplied by.</summary>
    public double BatchScale => _plan.Scaling == RunPlan.ScaleBatch ? (double)_workers.Length / WorkersWanted : 1;

    // Those with the highest numbers stop, at their next question.
    private void Shrink()
    {
        for (int worker = WorkersWanted; worker < _workers.Length; worker++)
        {
            _seats[worker].IsLeaving |= _workers[worker].State == MemberState.Live;
        }
    }

    // It holds nothing back, or the plan would have a mistake.
    private LeaseVerdict Park(int worker, int incarnation)
    {
        ReturnLease(worker, incarnation, isCarried: false);
        _workers[worker] = new Member(null, incarnation, MemberState.Absent);
        Generation++;
        return LeaseVerdict.Leave;
    }
}
