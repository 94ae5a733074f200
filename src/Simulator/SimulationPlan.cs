using OrleansSgd.Core.Runs;

namespace OrleansSgd.Simulator;

/// <summary>One simulated run: everything that decides it.</summary>
public sealed record SimulationPlan
{
    /// <summary>How it is trained; its seed is the seed of everything, delays and kills too.</summary>
    public required RunPlan Run { get; init; }

    /// <summary>What it minimises.</summary>
    public required IObjective Objective { get; init; }

    /// <summary>Samples of one epoch; at least 1.</summary>
    public required int Samples { get; init; }

    /// <summary>How long things take.</summary>
    public DelayPlan Delays { get; init; } = new();

    /// <summary>Who is killed when.</summary>
    public ChurnPlan Churn { get; init; } = ChurnPlan.None;

    /// <summary>Tickets between two ticket cuts, at which the loss is measured; 0 for the ends of epochs only.</summary>
    public int CutEvery { get; init; }

    /// <summary>Whether ‖∇f‖² and f are computed at every ticket afterwards; without, only gaps and delays are.</summary>
    public bool MeasuresTruth { get; init; } = true;

    /// <summary>Everything wrong with the plan.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (Samples < 1)
        {
            yield return $"samples is {Samples}; use 1 or more.";
        }

        if (CutEvery < 0)
        {
            yield return $"cutEvery is {CutEvery}; use 0 or more.";
        }

        if (Run.Mode == RunPlan.VarianceBounded && Run.Substitute is not ("none" or "own"))
        {
            yield return $"substitute is '{Run.Substitute}'; a simulated run takes none or own.";
        }

        if (Run.DeadlineSeconds > 0 || Run.AnswerFraction < 1 || Run.Rule.DelayAdaptive)
        {
            yield return "deadlineSeconds, answerFraction and delayAdaptive have no part in a simulated run; leave them out.";
        }

        foreach (string mistake in Run.Mistakes(Objective.Dimension))
        {
            yield return mistake;
        }
    }
}
