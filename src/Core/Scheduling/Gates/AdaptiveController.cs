using OrleansSgd.Core.Consistency.Bounds;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>Holds the measured B̂ = √(mean gap) at or below B_target = σ·√(κ / (Lα)), where staleness costs κ of the noise.</summary>
/// <remarks>
/// <para>Beyond the target, the first of these that can help and is not at its end is tightened: (1) fewer steps under
/// way, down to a quarter; (2) fewer steps ahead; (3) a larger fraction sent; (4) a lower rate for late gradients; (5) steps
/// under way down to one; (6) a lower rate for all. One step after the other stands so late because it gives up the workers,
/// and before the rate because a lower rate of many workers learns more slowly than the full rate of one.
/// A lever cannot help when its part of the gap, delay or what is held back, is small against the target.</para>
/// <para>They are let go in the reverse order, one notch at a time, each only if B̂ is expected to stay within
/// <see cref="ExpectedShareMax"/> of the target, and after as many quiet readings in a row as <see cref="Patience"/> says. A
/// notch that has to be taken back doubles the patience; one that leaves B̂ below half the target halves it. So a run whose
/// best setting lies between two notches changes ever more rarely. After <see cref="PatienceMax"/> quiet readings a notch is tried whatever
/// is expected: the expectation may be wrong, and a run whose trouble is over must not stay slow.</para>
/// <para>Pure: equal readings give equal levers. Every reading must have been taken under the present levers.</para>
/// </remarks>
public sealed class AdaptiveController
{
    /// <summary>Quiet readings before the first notch is let go.</summary>
    public const int PatienceMin = 2;

    /// <summary>Most patience, and the quiet readings after which a notch is tried whatever is expected of it.</summary>
    public const int PatienceMax = 64;

    /// <summary>Part of the target that B̂ may be expected to reach when a lever is let go.</summary>
    public const double ExpectedShareMax = 0.9;

    // A cause that contributes less than this part of the target cannot be what exceeds it.
    private const double CauseShareMin = 0.25;

    private const double HeldShareMax = 0.5;

    private static readonly Lever[] Order = [Lever.Concurrency, Lever.StepsAhead, Lever.Fraction, Lever.DelayAdaptive, Lever.Alone, Lever.Rate];

    private readonly LeverLimits _limits;
    private readonly double _share;
    private int _quiet;
    private Levers? _beforeTrial;

    private enum Lever
    {
        Concurrency,
        StepsAhead,
        Fraction,
        DelayAdaptive,
        Alone,
        Rate,
    }

    /// <param name="limits">How far each lever goes.</param>
    /// <param name="stalenessShare">κ, above 0.</param>
    public AdaptiveController(LeverLimits limits, double stalenessShare)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.Workers, 1);
        if (!(stalenessShare > 0 && double.IsFinite(stalenessShare)))
        {
            throw new ArgumentOutOfRangeException(nameof(stalenessShare), stalenessShare, "Use a finite number above 0.");
        }

        _limits = limits;
        _share = stalenessShare;
        Levers = Levers.Open(limits.Workers);
    }

    /// <summary>What holds now.</summary>
    public Levers Levers { get; private set; }

    /// <summary>Quiet readings in a row before a notch is let go.</summary>
    public int Patience { get; private set; } = PatienceMin;

    /// <summary>B_target at the last reading that was known; NaN before.</summary>
    public double Target { get; private set; } = double.NaN;

    /// <summary>Takes one reading and moves at most one lever.</summary>
    public ControlMove Observe(in GapReading reading)
    {
        if (!reading.IsKnown)
        {
            return ControlMove.Unknown;
        }

        Target = BoundTarget.Of(reading.Noise, reading.Smoothness, reading.Rate, fraction: _share);
        double measured = Math.Sqrt(reading.GapMean);
        double held = Math.Sqrt(reading.HeldGapMean);
        if (measured > Target)
        {
            return Tighten(measured, held);
        }

        return ++_quiet < Patience ? ControlMove.Kept : Release(measured, held);
    }

    private ControlMove Tighten(double measured, double held)
    {
        _quiet = 0;
        if (_beforeTrial is { } before)
        {
            _beforeTrial = null;
            Patience = Math.Min(2 * Patience, PatienceMax);
            Levers = before;
            return ControlMove.Tightened;
        }

        foreach (Lever lever in Order)
        {
            if (Helps(lever, measured, held) && Tighter(lever, Target / measured) is { } levers)
            {
                Levers = levers;
                return ControlMove.Tightened;
            }
        }

        return ControlMove.Exhausted;
    }

    private ControlMove Release(double measured, double held)
    {
        // Only a gap that is far from the target tells that the last notch held: near it, chance decides how long it does.
        if (_beforeTrial is not null && measured <= HeldShareMax * Target)
        {
            Patience = Math.Max(Patience / 2, PatienceMin);
        }

        for (int i = Order.Length - 1; i >= 0; i--)
        {
            if (Looser(Order[i]) is { } levers &&
                (_quiet >= PatienceMax || Expected(levers, measured, held) <= ExpectedShareMax))
            {
                _beforeTrial = Levers;
                Levers = levers;
                _quiet = 0;
                return ControlMove.Released;
            }
        }

        return ControlMove.Kept;
    }

    private bool Helps(Lever lever, double measured, double held) => lever switch
    {
        Lever.Rate => true,
        Lever.Fraction => !(held < CauseShareMin * Target),
        Lever.StepsAhead or Lever.DelayAdaptive when Levers.ConcurrencyMax == 1 => false,
        _ => !(measured - held < CauseShareMin * Target),
    };

    // Next setting of one lever; null at its end. Ratio is target / measured, below 1: B̂ falls at most as fast as the steps under way.
    private Levers? Tighter(Lever lever, double ratio) => lever switch
    {
        Lever.Concurrency => Fewer(_limits.ConcurrencyKept, ratio),
        Lever.Alone => Fewer(1, ratio),
        Lever.StepsAhead => Levers.StepsAheadMax == 0
            ? null
            : Levers with { StepsAheadMax = Math.Min(Levers.StepsAheadMax / 2, LeverLimits.StepsAheadFirst) },
        Lever.Fraction => Levers.FractionScale >= _limits.FractionScaleMax
            ? null
            : Levers with { FractionScale = Math.Min(Levers.FractionScale * Math.Sqrt(2), _limits.FractionScaleMax) },
        Lever.DelayAdaptive => Levers.IsDelayAdaptive || !_limits.HasDelayAdaptive ? null : Levers with { IsDelayAdaptive = true },
        _ => Levers.RateScale <= LeverLimits.RateScaleMin
            ? null
            : Levers with { RateScale = Math.Max(Levers.RateScale * Math.Clamp(ratio * ratio, 0.5, 0.8), LeverLimits.RateScaleMin) },
    };

    private Levers? Fewer(int least, double ratio)
    {
        int now = Levers.ConcurrencyMax;
        int fewer = Math.Min(now - 1, (int)(now * Math.Max(ratio, 0.25)));
        return now <= least ? null : Levers with { ConcurrencyMax = Math.Max(fewer, least) };
    }

    // Previous setting of one lever; null at rest. Each notch is smaller than the dead band below the target.
    private Levers? Looser(Lever lever) => lever switch
    {
        Lever.Concurrency => More(_limits.Workers, isFirstLever: true),
        Lever.Alone => More(_limits.ConcurrencyKept, isFirstLever: false),
        Lever.StepsAhead => Levers.StepsAheadMax == Levers.StepsAheadOpen ? null : Levers with { StepsAheadMax = MoreAhead() },
        Lever.Fraction => Levers.FractionScale == 1
            ? null
            : Levers with { FractionScale = Math.Max(Levers.FractionScale / Math.Sqrt(2), 1) },
        Lever.DelayAdaptive => Levers.IsDelayAdaptive ? Levers with { IsDelayAdaptive = false } : null,
        _ => Levers.RateScale == 1 ? null : Levers with { RateScale = Math.Min(Levers.RateScale * 1.25, 1) },
    };

    private Levers? More(int most, bool isFirstLever)
    {
        int now = Levers.ConcurrencyMax;
        bool isMine = isFirstLever ? now >= _limits.ConcurrencyKept : now < _limits.ConcurrencyKept;
        return isMine && now < most ? Levers with { ConcurrencyMax = Math.Min(now + Math.Max(1, now / 4), most) } : null;
    }

    private int MoreAhead() => Levers.StepsAheadMax switch
    {
        0 => 1,
        >= LeverLimits.StepsAheadFirst => Levers.StepsAheadOpen,
        int now => 2 * now,
    };

    // B̂ over the target under other levers, as a part of it: delay grows with the steps under way, what is held back as the
    // fraction falls, and the target as the rate falls.
    private double Expected(in Levers next, double measured, double held)
    {
        double heldPart = double.IsNaN(held) ? measured : Math.Min(held, measured);
        double delayPart = double.IsNaN(held) ? measured : measured - heldPart;
        double delayGrowth = next.ConcurrencyMax / (double)Levers.ConcurrencyMax;
        if (next.StepsAheadMax != Levers.StepsAheadMax || next.IsDelayAdaptive != Levers.IsDelayAdaptive)
        {
            delayGrowth = 1.25;
        }

        double heldGrowth = Levers.FractionScale / next.FractionScale;
        double expected = double.IsNaN(held)
            ? measured * Math.Max(delayGrowth, heldGrowth)
            : (delayPart * delayGrowth) + (heldPart * heldGrowth);
        return expected == 0 ? 0 : expected / Target * Math.Sqrt(next.RateScale / Levers.RateScale);
    }
}
