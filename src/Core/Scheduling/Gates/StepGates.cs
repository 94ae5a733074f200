using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>The gate of a plan's mode and assignment.</summary>
public static class StepGates
{
    /// <summary>Makes the gate; modes in rounds have their own order, and an open one.</summary>
    /// <param name="plan">A plan without mistakes.</param>
    /// <param name="seed">Fixes the draws of an assignment; the plan's seed when not given.</param>
    /// <exception cref="ArgumentException">The mode or the assignment is unknown: the plan has mistakes.</exception>
    public static IStepGate Create(RunPlan plan, ulong? seed = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        IStepGate mode = plan.Mode switch
        {
            RunPlan.Ssp => new StalenessGate(plan.Workers, plan.StepsAheadMax),
            RunPlan.NormBounded => new NormGate(plan.Workers, plan.NormShare),
            RunPlan.Adaptive => new AdaptiveGate(LeverLimits.Of(plan), plan.StalenessShare),
            RunPlan.Async or RunPlan.Bsp or RunPlan.VarianceBounded => new OpenGate(),
            _ => throw new ArgumentException($"Mode is '{plan.Mode}'; use {string.Join(", ", RunPlan.Modes)}.", nameof(plan)),
        };
        return plan.IsSynchronous ? mode : plan.Assignment switch
        {
            RunPlan.Pure => mode,
            RunPlan.RandomAssignment => new AssignmentGate(mode, plan.Workers, isShuffled: false, seed ?? plan.Seed),
            RunPlan.Shuffled => new AssignmentGate(mode, plan.Workers, isShuffled: true, seed ?? plan.Seed),
            _ => throw new ArgumentException(
                $"Assignment is '{plan.Assignment}'; use {string.Join(", ", RunPlan.Assignments)}.", nameof(plan)),
        };
    }

    /// <summary>The gate that finalised tickets go to; null when the mode is another.</summary>
    public static AdaptiveGate? AdaptiveIn(IStepGate gate) => gate switch
    {
        AdaptiveGate adaptive => adaptive,
        AssignmentGate assignment => AdaptiveIn(assignment.Inner),
        _ => null,
    };
}
