namespace OrleansSgd.Core.Runs;

/// <content>What an operator asks of a run that goes on: to wait, and with how many workers.</content>
public sealed partial class RunCoordinator
{
    /// <summary>While it is true nobody gets a ticket and no round opens; a round under way is completed. Workers stay, and ask again.</summary>
    /// <remarks>Other than a hold it lasts until somebody takes it back, also over a loss of the coordinator: the host remembers it.</remarks>
    public bool IsPaused { get; set; }

    /// <summary>Workers that compute at most; 0 for as many as the plan says.</summary>
    public int WorkersMax { get; private set; }

    /// <summary>Lets fewer workers compute than the plan has, or as many again.</summary>
    /// <param name="workersMax">0 for no limit but the plan's.</param>
    /// <remarks>Those with the highest numbers stop, at their next question; nothing of what they have done is lost.</remarks>
    /// <exception cref="InvalidOperationException">The plan's number of workers cannot change: <see cref="ScaleMistakes"/> says why.</exception>
    public void LimitWorkers(int workersMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workersMax, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(workersMax, _workers.Length);
        if (workersMax > 0 && ScaleMistakes(_plan).FirstOrDefault() is { } mistake)
        {
            throw new InvalidOperationException(mistake);
        }

        WorkersMax = workersMax;
        Shrink();
        PlaceAbsent();
    }

    /// <summary>Why the number of workers of a plan cannot change while it runs: one sentence for each reason.</summary>
    public static IEnumerable<string> ScaleMistakes(RunPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.IsSynchronous
            ? [$"Mode {plan.Mode} has a slot for each of its workers; their number cannot change while it runs."]
            : (plan with { WorkersPerSilo = 1 }).Mistakes().Except(plan.Mistakes())
                .Select(mistake => $"The number of workers cannot change while the job runs, as with workersPerSilo: {mistake}");
    }
}
