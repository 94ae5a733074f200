namespace OrleansSgd.Simulator;

/// <summary>Runs a whole training run in virtual time: the machines of Core, real gradients, and a schedule that the seed draws.</summary>
/// <remarks>Equal plans give equal results, to the last bit. Runs share nothing, so any number may go on side by side.</remarks>
public static class TrainingSimulation
{
    // A step takes a few dozen events; a run that needs so many goes in a circle.
    private const long EventsMax = 5_000_000;

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="ArgumentException">The plan has mistakes; the message lists them.</exception>
    /// <exception cref="InvalidOperationException">The run came to a standstill: a machine waits for something that will not happen.</exception>
    public static SimulationResult Run(SimulationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string mistakes = string.Join(' ', plan.Mistakes());
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(mistakes, nameof(plan));
        }

        using IObjectiveSession objective = plan.Objective.Open(plan.Run.Seed, plan.Run.Batch);
        var grid = new SimulatedGrid(plan, objective);
        grid.Job.Begin();
        for (long events = 0; !grid.Job.IsOver; events++)
        {
            if (events == EventsMax || !grid.Time.TryStep())
            {
                throw new InvalidOperationException(
                    $"The run of seed {plan.Run.Seed} stands still at {grid.Time.Now:0.###} s with {grid.Job.Totals.Tickets} tickets, after {events} events.");
            }
        }

        return Result(grid);
    }

    private static SimulationResult Result(SimulatedGrid grid)
    {
        SimulatedJob job = grid.Job;
        bool hasDiverged = job.Failure != Core.Workers.WorkerStopReason.None;
        return new SimulationResult
        {
            Plan = grid.Plan,
            Totals = job.Totals,
            Report = job.Ledger.Close(),
            Breaks = job.Ledger.Breaks,
            Truth = hasDiverged
                ? TruthFigures.None
                : grid.Truth.Play(job.Totals.Tickets, grid.Plan.MeasuresTruth ? grid.Objective : null, job.Parameters()),
            Losses = job.Losses,
            Seconds = grid.Time.Now,
            BytesPushed = grid.BytesPushed,
            MessagesLost = grid.Network.LostCount,
            MagnitudeMax = grid.MagnitudeMax,
            HasDiverged = hasDiverged,
        };
    }
}
