using OrleansSgd.Core.Runs;

namespace OrleansSgd.Grains.Workers;

/// <summary>When a straggler of a bulk-synchronous round stops computing and pushes what it has.</summary>
internal sealed class StepDeadline
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private long _start;

    /// <param name="plan">Has a deadline when it is bulk-synchronous and its deadlineSeconds are above 0.</param>
    public StepDeadline(RunPlan plan, TimeProvider time)
    {
        _time = time;
        _limit = TimeSpan.FromSeconds(plan.DeadlineSeconds);
        Exists = plan.Mode == RunPlan.Bsp && plan.DeadlineSeconds > 0;
        IsLate = () => Exists && _time.GetElapsedTime(_start) >= _limit;
    }

    /// <summary>False when nobody is ever late.</summary>
    public bool Exists { get; }

    /// <summary>Whether the time since <see cref="Begin"/> is over.</summary>
    public Func<bool> IsLate { get; }

    /// <summary>A step begins now.</summary>
    public void Begin() => _start = Exists ? _time.GetTimestamp() : 0;
}
