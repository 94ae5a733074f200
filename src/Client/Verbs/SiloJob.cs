using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Client.Verbs;

/// <summary>One job of <c>grid silo</c>: its folder, its trace, and who watches it.</summary>
internal sealed class SiloJob : IDisposable
{
    private readonly Terminal _terminal;
    private readonly SiloRequest _request;
    private readonly LocalGrid _grid;
    private readonly DataCache _cache;
    private readonly RunLog _report;
    private readonly RunFolder _folder;
    private readonly TraceTarget? _target;
    private readonly TraceFile? _trace;
    private readonly CancellationTokenSource _left = new();
    private int _followed;
    private readonly TaskCompletionSource<Failure?> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloJob(
        Terminal terminal, SiloRequest request, LocalGrid grid, DataCache cache, string id, RunFolder folder)
    {
        (_terminal, _request, _grid, _cache, Id, _folder) = (terminal, request, grid, cache, id, folder);
        ITrainReport shown = request.IsJson ? new JsonTrainReport(terminal, id) : new PlainTrainReport(terminal, id);
        _target = request.IsTraced ? TraceTarget.Open(null, folder) : null;
        _report = RunLog.Open(shown, folder, _target?.WrittenTo, terminal.Time);
        _trace = _target is null ? null : new TraceFile(_target.WrittenTo, new JobTrace(id, grid.Cluster), _report.Say);
    }

    /// <summary>The job's id.</summary>
    public string Id { get; }

    /// <summary>Completes when the job is over, or was left: with what it did not do, or null.</summary>
    public Task<Failure?> Over => _over.Task;

    /// <summary>True when it is over; one that was left is not.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Makes the folder and begins the trace.</summary>
    /// <exception cref="IOException">Results cannot be written there.</exception>
    public static SiloJob Open(Terminal terminal, SiloRequest request, LocalGrid grid, DataCache cache, string id, string name) =>
        new(terminal, request, grid, cache, id, RunFolder.Open(request.Out, name));

    /// <summary>Begins to watch it.</summary>
    /// <param name="plan">Null when only the grid knows it.</param>
    /// <remarks>Once, however often it is asked for: a job may be submitted while those of the store are resumed.</remarks>
    public void Follow(JobPlan? plan)
    {
        if (Interlocked.Exchange(ref _followed, 1) == 0)
        {
            _ = Task.Run(() => TellOverAsync(plan));
        }
    }

    /// <summary>Watches it no longer; it goes on.</summary>
    public void Leave() => _left.Cancel();

    /// <summary>Completes when nothing of it is written any more: what had just ended when it was left is whole.</summary>
    public async Task LeftAsync()
    {
        if (Volatile.Read(ref _followed) != 0)
        {
            await ((Task)_over.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trace?.Dispose();
        _report.Dispose();
        _folder.Dispose();
        _left.Dispose();
    }

    private async Task TellOverAsync(JobPlan? plan)
    {
        try
        {
            _over.SetResult(await FollowAsync(plan));
        }
        catch (Exception defect) when (defect is not OutOfMemoryException)
        {
            _over.SetException(defect);
        }
    }

    private async Task<Failure?> FollowAsync(JobPlan? plan)
    {
        plan ??= await PlanAsync();
        WatchOutcome outcome = await new JobWatch(() => _grid.Grains, _report, _terminal.Time)
            .FollowAsync(Id, plan ?? new JobPlan(), isOurs: false, _left.Token);
        IsDone = outcome is not WatchOutcome.Left;
        switch (outcome)
        {
            case WatchOutcome.Ended ended:
                return Save(ended, plan!);
            case WatchOutcome.Failed failed:
                _report.Say($"failed: {failed.Failure.Error} {failed.Failure.Hint}");
                return TrainRun.Keep(failed.Failure with { Error = $"{Id}: {failed.Failure.Error}" }, _report);
            default:
                return null;
        }
    }

    // The grid knows it once it has read the checkpoint; a job that cannot be resumed has none.
    private async Task<JobPlan?> PlanAsync()
    {
        while (!_left.IsCancellationRequested)
        {
            IJobGrain job = _grid.Grains.GetGrain<IJobGrain>(Id);
            string text = await job.Plan();
            if (text.Length > 0)
            {
                return JobPlan.FromJson(text);
            }

            if ((await job.Progress(0)).IsOver)
            {
                break;
            }

            await Task.Delay(JobWatch.PollPeriod, _terminal.Time);
        }

        return null;
    }

    private Failure? Save(WatchOutcome.Ended ended, JobPlan plan)
    {
        string? path = null;
        try
        {
            if (ended.Trained.Length > 0 && ended.Started is not null)
            {
                DataSets sets = _cache.Open(plan.Data, _request.Data);
                IModel model = ModelCatalog.Create(plan.Model, sets.Train);
                path = TrainedModel.Save(_folder, model, ended, _report);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Failure(
                ExitCodes.RunFailed, $"The model of {Id} could not be saved: {error.Message}",
                "Free some space, or name another folder with --out; the store has the model.");
        }
        catch (ModelException error)
        {
            return new Failure(ExitCodes.RunFailed, $"{Id}: {error.Message}", error.Hint);
        }

        _report.Ended(TrainRun.FactsOf(ended, _target, path));
        return TrainVerb.Unmet(ended.Progress);
    }
}
