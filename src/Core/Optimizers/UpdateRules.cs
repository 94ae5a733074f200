using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Optimizers;

/// <summary>Makes the rule that a plan names.</summary>
public static class UpdateRules
{
    /// <summary>A new rule that holds nothing, for one worker.</summary>
    /// <param name="plan">A plan without <see cref="RulePlan.Mistakes"/>.</param>
    /// <param name="dimension">d, at least 1.</param>
    /// <exception cref="ArgumentException">The plan has mistakes; the message names them.</exception>
    public static IUpdateRule Create(RulePlan plan, int dimension)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        string mistakes = string.Join(' ', plan.Mistakes("rule"));
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(mistakes, nameof(plan));
        }

        return plan.Kind switch
        {
            RulePlan.Momentum => new MomentumRule(dimension, plan.Decay),
            RulePlan.Adam => new AdamRule(dimension, plan.Decay, plan.SquareDecay),
            _ => new PlainRule(),
        };
    }

    internal static void CheckSaved(ReadOnlySpan<float> saved, int length, string kind)
    {
        if (saved.Length != length)
        {
            throw new ArgumentException($"Rule {kind} goes on with {length} numbers, but was given {saved.Length}.", nameof(saved));
        }
    }

    /// <summary><see cref="IUpdateRule.RateFactor"/> of the rule that a plan names.</summary>
    public static double RateFactorOf(RulePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Kind == RulePlan.Momentum ? MomentumRule.FactorOf((float)plan.Decay) : 1;
    }
}
