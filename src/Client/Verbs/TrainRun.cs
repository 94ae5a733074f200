using Microsoft.Extensions.Logging;
using OrleansSgd.Client.Pages;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Core.Samples;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Client.Verbs;

/// <summary>One job on silos in this process: what the verbs that train have in common.</summary>
internal static class TrainRun
{
    /// <summary>What happens beside a run.</summary>
    /// <param name="job">The job's id.</param>
    /// <param name="ended">Cancelled when the job is over.</param>
    public delegate Task Beside(LocalGrid grid, string job, CancellationToken ended);

    /// <summary>The report that fits the terminal and the options.</summary>
    public static ITrainReport ReportOf(Terminal terminal, TrainRequest request) => request.IsJson ? new JsonTrainReport(terminal)
        : terminal.IsLive && request.Log == LogLevel.None ? new LiveTrainReport(LiveTrainReport.ConsoleOn(terminal))
        : new PlainTrainReport(terminal);

    /// <summary>Starts the silos, runs the job to its end, and stops them.</summary>
    /// <param name="trace">Where the trace goes; null for none.</param>
    /// <param name="beside">Runs while the job does; null for nothing.</param>
    /// <param name="isDisturbed">Whether silos may die: then the job is kept beside them.</param>
    public static async Task<WatchOutcome> WatchAsync(
        Terminal terminal, TrainRequest request, TrainInput input, JobPlan plan, int silos, string? trace, ITrainReport report,
        Beside? beside, bool isDisturbed, CancellationToken interrupted)
    {
        request.Pins?.ConfineProcess();
        LocalGrid grid = await StartAsync(terminal, request, input, plan, silos, isDisturbed);
        string job;
        try
        {
            job = request.Store is null ? GridGrain.FirstJob(plan)
                : await grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key).NextId(plan.Name);
        }
        catch (CheckpointStoreException trouble)
        {
            await grid.DisposeAsync();
            return new WatchOutcome.Failed(new Failure(ExitCodes.BadInput, trouble.Message));
        }

        // Shards write the end of their logs when the grid stops.
        using TraceFile? file = trace is null ? null : new TraceFile(trace, new JobTrace(job, grid.Cluster), report.Say);
        await using (grid)
        {
            using var ended = new CancellationTokenSource();
            Task going = beside?.Invoke(grid, job, ended.Token) ?? Task.CompletedTask;
            try
            {
                return await new JobWatch(() => grid.Grains, report, terminal.Time).RunAsync(plan, interrupted);
            }
            finally
            {
                await ended.CancelAsync();
                await going;
            }
        }
    }

    /// <summary>Keeps what a run that failed after it began has to show: its events and the page about it.</summary>
    /// <returns>The failure.</returns>
    public static Failure Keep(Failure failure, RunLog log)
    {
        if (log.Fail(failure) is { } page)
        {
            log.Say($"The run failed; what it did is in {page}.");
        }

        return failure;
    }

    /// <summary>Saves the model, and the page about the run.</summary>
    /// <param name="path">Where it is; null when there is nothing to keep.</param>
    /// <returns>Why it could not be saved; null when nothing went wrong.</returns>
    public static Failure? Save(WatchOutcome.Ended ended, TrainInput input, RunLog log, out string? path)
    {
        path = null;
        try
        {
            path = ended.Trained.Length > 0 ? TrainedModel.Save(input.Folder, input.Model, ended, log) : null;
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Failure(
                ExitCodes.RunFailed, $"The model could not be saved: {error.Message}", "Free some space, or name another folder with --out.");
        }
        catch (ModelException error)
        {
            return new Failure(ExitCodes.RunFailed, error.Message, error.Hint);
        }
    }

    /// <summary>How a run ended, with where everything is.</summary>
    /// <param name="path">The model under its final name; null when there is none.</param>
    public static EndedFacts FactsOf(WatchOutcome.Ended ended, TraceTarget? trace, string? path)
    {
        string? folder = Path.GetDirectoryName(path);
        return new EndedFacts(ended.Started, ended.Progress, ended.Last, path, trace?.Find(folder), ReportPath: ReportFile.In(folder));
    }

    /// <summary>Says how the verb ended.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Conclude(Terminal terminal, TrainRequest request, Failure? failure) => failure?.Code switch
    {
        null => ExitCodes.Done,
        ExitCodes.Interrupted => ExitCodes.Interrupted,
        ExitCodes.CheckFailed => Verdict.CheckFailed(terminal, failure),
        _ => Verdict.Failed(terminal, request.IsJson, failure),
    };

    private static Task<LocalGrid> StartAsync(
        Terminal terminal, TrainRequest request, TrainInput input, JobPlan plan, int silos, bool isDisturbed) => LocalGrid.StartAsync(
        silos,
        options =>
        {
            string besideSilos = options.Store;
            request.Configure(options, silos, plan);
            if (isDisturbed && options.Store.Length == 0)
            {
                options.Store = besideSilos; // the job has to outlive its coordinator's silo, though not this process
            }
        },
        logging =>
        {
            if (request.Log != LogLevel.None)
            {
                logging.SetMinimumLevel(request.Log).AddProvider(new ErrorLog(terminal.Error, request.Log));
            }
        },
        input.Cache);
}
