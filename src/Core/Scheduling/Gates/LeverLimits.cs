using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>How far each lever of a run goes.</summary>
/// <param name="Workers">p: steps under way with the lever at rest; 1 to 10 000.</param>
/// <param name="FractionScaleMax">1 for a codec without a fraction, or which sends all of it.</param>
/// <param name="HasDelayAdaptive">False when the rule lowers late gradients in any case.</param>
public readonly record struct LeverLimits(int Workers, double FractionScaleMax = 1, bool HasDelayAdaptive = true)
{
    /// <summary>Most a fraction is multiplied by when the number of coordinates, and so the whole, is not known.</summary>
    public const double FractionScaleTop = 64;

    /// <summary>Least part of the rate; the run is better stopped than trained more slowly.</summary>
    public const double RateScaleMin = 1.0 / 64;

    /// <summary>First bound on steps ahead, when there was none.</summary>
    public const int StepsAheadFirst = 16;

    /// <summary>Steps under way that the first lever leaves; below it, other levers are tried before.</summary>
    public int ConcurrencyKept => Math.Max(1, (Workers + 3) / 4);

    /// <summary>The limits of a plan.</summary>
    public static LeverLimits Of(RunPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        double scale = plan.Codec.Kind is CodecPlan.TopK or CodecPlan.RandomK
            ? Math.Min(FractionScaleTop, plan.Codec.Fraction is { } fraction ? 1 / fraction : FractionScaleTop)
            : 1;
        return new LeverLimits(plan.Workers, scale, !plan.Rule.DelayAdaptive);
    }
}
