using OrleansSgd.Core.Runs;

namespace OrleansSgd.Core.Consistency.Bounds;

/// <summary>The B that the theory's model of a plan predicts, from a few measured maxima.</summary>
/// <remarks>The rule stands in docs/trace-format.md, "Predicted B"; keep the two in step. Causes of distance add, by Minkowski.</remarks>
public static class PredictedBound
{
    /// <summary>The bound; its value is NaN when something it needs is not known.</summary>
    /// <param name="plan">How the run is trained.</param>
    /// <param name="maxima">What was measured so far.</param>
    public static ElasticBound Of(RunPlan plan, in RunMaxima maxima)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (maxima.Count == 0)
        {
            return new ElasticBound("nothing measured", double.NaN);
        }

        // No update is longer than this, in units of α.
        double mass = plan.LocalSteps * maxima.Magnitude / maxima.SlotCountMin;
        ElasticBound bound = Missing(plan, maxima, mass);
        if (plan.Codec.HoldsBack)
        {
            double root = Math.Sqrt(maxima.Contraction);
            bound = bound.And(new ElasticBound("error feedback", root < 1 ? plan.Workers * root / (1 - root) * mass : double.NaN));
        }

        if (plan.Rule.Kind == RulePlan.Momentum)
        {
            bound = bound.And(ElasticBounds.Momentum(plan.Rule.Decay, plan.Workers * mass));
        }

        if (plan.IsSynchronous && plan.LocalSteps > 1)
        {
            // The way of the worker by itself, and the mean of its round's.
            bound = bound.And(ElasticBounds.LocalSteps(2 * plan.LocalSteps, maxima.Magnitude));
        }

        return plan.AnswerFraction < 1
            ? bound.And(new ElasticBound("compressed answers", maxima.AnswerDistance))
            : bound;
    }

    private static ElasticBound Missing(RunPlan plan, in RunMaxima maxima, double mass)
    {
        if (plan.Mode == RunPlan.NormBounded)
        {
            return ElasticBounds.NormBounded(plan.NormShare, plan.Workers * mass);
        }

        ElasticBound server = ElasticBounds.ParameterServer(maxima.DelayMax, mass);
        return plan.Mode switch
        {
            RunPlan.VarianceBounded when plan.Substitute != "none" => new ElasticBound("omissions, stood in for", 2 * server.Value),
            RunPlan.VarianceBounded or RunPlan.Bsp => server with { Model = "omissions", Paper = server.Value },
            _ => server,
        };
    }
}
