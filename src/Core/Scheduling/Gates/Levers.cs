namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>What the adaptive mode sets to hold the distance of views from x down.</summary>
/// <param name="ConcurrencyMax">Steps under way at a time, 1 to p.</param>
/// <param name="StepsAheadMax">Steps a worker may be ahead of the slowest; <see cref="StepsAheadOpen"/> for no bound.</param>
/// <param name="FractionScale">What the codec's fraction or count is multiplied by, 1 or more; what exceeds d is d.</param>
/// <param name="IsDelayAdaptive">True when late gradients get a lower rate: see RulePlan.DelayAdaptive.</param>
/// <param name="RateScale">What the schedule's rate is multiplied by; above 0, at most 1.</param>
public readonly record struct Levers(int ConcurrencyMax, int StepsAheadMax, double FractionScale, bool IsDelayAdaptive, double RateScale)
{
    /// <summary>No bound that matters: nobody gets so far ahead.</summary>
    public const int StepsAheadOpen = 10_000;

    /// <summary>Every lever at rest: plain asynchronous training.</summary>
    public static Levers Open(int workers) => new(workers, StepsAheadOpen, 1, false, 1);

    /// <inheritdoc/>
    public override string ToString()
    {
        string ahead = StepsAheadMax == StepsAheadOpen ? "any number of" : $"{StepsAheadMax}";
        string late = IsDelayAdaptive ? ", lower for late gradients" : "";
        return $"{ConcurrencyMax} steps under way, {ahead} steps ahead, fraction × {FractionScale:g3}, rate × {RateScale:g3}{late}";
    }
}
