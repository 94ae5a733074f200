using OrleansSgd.Client.Reports;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.Training;

/// <summary>Submits a job and reports on it until it is over.</summary>
/// <param name="grains">The way to the grid's grains, asked for each call: the silo of the last one may be gone.</param>
internal sealed class JobWatch(Func<IGrainFactory> grains, ITrainReport report, TimeProvider time)
{
    /// <summary>How often the job is asked: often enough for a picture that moves, seldom enough to cost nothing.</summary>
    public static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(200);

    // A job whose silo died comes back within seconds; after this long nobody will answer any more.
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(30);

    // Told once: a reconnection of a moment is no news.
    private static readonly TimeSpan SilenceTold = TimeSpan.FromSeconds(3);

    private bool _isSilent;

    /// <summary>How long a grid that answers no more is waited for; for a watch from outside as long as somebody watches.</summary>
    public TimeSpan Patience { get; init; } = PatienceMax;

    private readonly SpeedMeter _speed = new();
    /// <summary>How often the job is asked.</summary>
    public TimeSpan Period { get; init; } = PollPeriod;

    private readonly JobHistory _history = new(report);
    private StartedFacts? _started;
    private JobProgress? _shown;

    /// <summary>A watch through one silo, which stays.</summary>
    public JobWatch(IGrainFactory grains, ITrainReport report, TimeProvider time)
        : this(() => grains, report, time)
    {
    }

    /// <summary>Runs the job to its end, or cancels it and waits for what it kept.</summary>
    /// <param name="interrupted">Cancels the job, not the watching.</param>
    public async Task<WatchOutcome> RunAsync(JobPlan plan, CancellationToken interrupted)
    {
        if (interrupted.IsCancellationRequested)
        {
            // A small job would be over before it could be cancelled.
            return new WatchOutcome.Ended(Started: null, new JobProgress { Phase = JobPhase.Cancelled }, Last: null, [], []);
        }

        SubmitAnswer answer = await grains().GetGrain<IGridGrain>(IGridGrain.Key).Submit(plan.ToJson());
        return answer.Job is null
            ? new WatchOutcome.Failed(Failure.OfMistakes(answer.Mistakes))
            : await FollowAsync(answer.Job, plan, isOurs: true, interrupted);
    }

    /// <summary>Follows a job that runs already.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isOurs">Whether the job is cancelled when the watch is interrupted; else it is left to go on, and nothing is its outcome.</param>
    /// <param name="interrupted">Ends the watch.</param>
    public async Task<WatchOutcome> FollowAsync(string id, JobPlan plan, bool isOurs, CancellationToken interrupted)
    {
        long answeredAt = time.GetTimestamp();
        bool isCancelled = false;
        while (true)
        {
            try
            {
                IJobGrain job = grains().GetGrain<IJobGrain>(id);
                if (interrupted.IsCancellationRequested && !isOurs)
                {
                    return new WatchOutcome.Left();
                }

                if (interrupted.IsCancellationRequested && !isCancelled)
                {
                    await job.Cancel();
                    isCancelled = true;
                }

                JobProgress progress = await job.Progress(_history.EventsSeen);
                answeredAt = time.GetTimestamp();
                Silence(isSilent: false);
                await BeginAsync(id, plan, progress);
                Show(progress);
                if (progress.IsOver)
                {
                    return await EndAsync(job, progress);
                }
            }
            catch (Exception error) when (error is TimeoutException or OrleansException)
            {
                if (interrupted.IsCancellationRequested && !isOurs)
                {
                    return new WatchOutcome.Left();
                }

                if (time.GetElapsedTime(answeredAt) > SilenceTold && Patience > PatienceMax)
                {
                    Silence(isSilent: true);
                }

                if (time.GetElapsedTime(answeredAt) > Patience)
                {
                    return new WatchOutcome.Failed(new Failure(
                        ExitCodes.Unreachable,
                        $"The grid has not answered for {Patience.TotalSeconds:F0} s: {error.Message.TrimEnd('.')}.",
                        "Run the job again; --log debug shows what the silos say."));
                }
            }

            await PauseAsync(isCancelled ? CancellationToken.None : interrupted);
        }
    }

    private void Silence(bool isSilent)
    {
        if (isSilent != _isSilent)
        {
            _isSilent = isSilent;
            report.Say(isSilent ? "The grid does not answer; waiting until it is back." : "The grid answers again.");
        }
    }

    // Whoever comes late, or watches the next life of a job, is told first what was before.
    private async Task BeginAsync(string job, JobPlan plan, JobProgress progress)
    {
        if (_started is not null || progress.Parameters == 0)
        {
            return;
        }

        JobPoint[] before = await grains().GetGrain<IJobGrain>(job).Curve();
        _started = new StartedFacts(job, plan, progress.Silos, progress.Parameters);
        report.Started(_started);
        foreach (JobPoint point in before.Where(point => point.Seconds < progress.Seconds))
        {
            _speed.Add(point.Seconds, point.Samples);
            report.Recalled(new ProgressFacts(point.On(progress), _speed.Rate, _speed.SecondsUntil(progress.SamplesTotal)));
        }
    }

    private void Show(JobProgress progress)
    {
        _history.Show(progress);
        if (_started is not null && (progress.Samples != _shown?.Samples || progress.Phase != _shown.Phase))
        {
            _speed.Add(progress.Seconds, progress.Samples);
            report.Progressed(new ProgressFacts(progress, _speed.Rate, _speed.SecondsUntil(progress.SamplesTotal)));
            _shown = progress;
        }
    }

    private async Task<WatchOutcome> EndAsync(IJobGrain job, JobProgress progress)
    {
        if (progress.Phase == JobPhase.Failed)
        {
            // A job that fails before it has parameters has failed at its input: nothing was trained.
            return new WatchOutcome.Failed(new Failure(
                _started is null ? ExitCodes.BadInput : ExitCodes.RunFailed,
                progress.Error ?? "The job failed without saying why.",
                progress.Hint));
        }

        float[] trained = await TrainedModel.FetchAsync(job, progress.Parameters);
        float[] statistics = trained.Length == 0 ? [] : await TrainedModel.FetchStatisticsAsync(job);
        return new WatchOutcome.Ended(_started, progress, _history.Evaluated, trained, statistics);
    }

    private async Task PauseAsync(CancellationToken interrupted)
    {
        try
        {
            await Task.Delay(Period, time, interrupted);
        }
        catch (OperationCanceledException)
        {
            // The interrupt ends the pause, not the watching.
        }
    }
}

/// <summary>How watching a job ended.</summary>
internal abstract record WatchOutcome
{
    /// <summary>The job completed or was cancelled.</summary>
    /// <param name="Started">Null when it was cancelled before training began.</param>
    /// <param name="Last">The newest evaluation, or null.</param>
    /// <param name="Trained">[d]; empty when there is nothing to keep.</param>
    /// <param name="Statistics">What the model is evaluated with beside its parameters; empty when there is nothing.</param>
    public sealed record Ended(StartedFacts? Started, JobProgress Progress, JobEvent? Last, float[] Trained, float[] Statistics) : WatchOutcome;

    /// <summary>It did not.</summary>
    public sealed record Failed(Failure Failure) : WatchOutcome;

    /// <summary>It goes on, or waits in its store for another grid.</summary>
    public sealed record Left : WatchOutcome;
}
