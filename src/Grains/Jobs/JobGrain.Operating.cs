using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>What an operator asks of a job: to wait, to go on, and with how many workers.</content>
public sealed partial class JobGrain
{
    /// <inheritdoc/>
    public Task<OperatorAnswer> Pause() => OperateAsync(run => SetPausedAsync(run, isPaused: true));

    /// <inheritdoc/>
    public Task<OperatorAnswer> Continue() => OperateAsync(run => SetPausedAsync(run, isPaused: false));

    /// <inheritdoc/>
    public Task<OperatorAnswer> Scale(int workers) => OperateAsync(run => ScaleAsync(run, workers));

    private async Task<OperatorAnswer> OperateAsync(Func<Run, Task<OperatorAnswer>> operate)
    {
        Seek();
        using var limit = new CancellationTokenSource(options.Value.HoldTime, time);
        try
        {
            while (_phase == JobPhase.Starting && !_isUnknown)
            {
                await Task.Delay(RetryPause, time, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return OperatorAnswer.Refused($"Job {Job} is still starting; ask again when it trains.");
        }

        return _phase == JobPhase.Running && _run is { } run ? await operate(run)
            : OperatorAnswer.Refused(_isUnknown
                ? $"The grid knows no job {Job}; 'grid list' shows those it knows."
                : $"Job {Job} is over ({PhaseShown.ToString().ToLowerInvariant()}).");
    }

    private async Task<OperatorAnswer> SetPausedAsync(Run run, bool isPaused)
    {
        if (run.Coordinator.IsPaused != isPaused)
        {
            run.Coordinator.IsPaused = isPaused;
            _events.Add(new JobEvent(isPaused ? "paused" : "continued", Seconds, run.Coordinator.Totals.Tickets));
            LogOperated(Job, isPaused ? "paused" : "continued");
            AskAgain(run);
            Pump();
        }

        return new OperatorAnswer(null, await Checkpoint());
    }

    private async Task<OperatorAnswer> ScaleAsync(Run run, int workers)
    {
        int workersMax = run.Plan.Run.Workers;
        if (workers < 1 || workers > workersMax)
        {
            return OperatorAnswer.Refused($"{workers} workers are asked for; job {Job} was submitted with {workersMax}: use 1 to {workersMax}.");
        }

        string[] mistakes = [.. RunCoordinator.ScaleMistakes(run.Plan.Run)];
        if (mistakes.Length > 0)
        {
            return OperatorAnswer.Refused(string.Join(' ', mistakes));
        }

        run.Coordinator.LimitWorkers(workers == workersMax ? 0 : workers);
        RecordWorkers(run.Coordinator);
        LogOperated(Job, $"scaled to {workers} workers");
        Pump();
        return new OperatorAnswer(null, await Checkpoint());
    }
}
