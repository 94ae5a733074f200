using System.CommandLine;
using Microsoft.Extensions.Logging;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid train [job.yaml]</c>: silos in this process, one job, its model in a file.</summary>
internal static class TrainVerb
{
    public static Command Create(Terminal terminal)
    {
        var options = new TrainOptions(terminal);
        var verb = new Command("train", "Trains a job on silos in this process and saves the model.");
        options.AddTo(verb);
        verb.SetAction((parsed, interrupted) => RunAsync(terminal, options.Read(parsed), interrupted));
        return verb;
    }

    private static async Task<int> RunAsync(Terminal terminal, TrainRequest request, CancellationToken interrupted)
    {
        ITrainReport report = request.IsJson ? new JsonTrainReport(terminal)
            : terminal.IsLive && request.Log == LogLevel.None ? new LiveTrainReport(LiveTrainReport.ConsoleOn(terminal))
            : new PlainTrainReport(terminal);
        JobFileOutcome job = request.Draft.Finish();
        Failure? failure = job.Plan is null
            ? Failure.OfMistakes(job.Mistakes)
            : await TrainAsync(terminal, request, job, report, interrupted);
        return failure?.Code switch
        {
            null => ExitCodes.Done,
            ExitCodes.Interrupted => ExitCodes.Interrupted,
            ExitCodes.CheckFailed => Verdict.CheckFailed(terminal, failure),
            _ => Verdict.Failed(terminal, request.IsJson, failure),
        };
    }

    private static async Task<Failure?> TrainAsync(
        Terminal terminal, TrainRequest request, JobFileOutcome job, ITrainReport report, CancellationToken interrupted)
    {
        (TrainInput? input, Failure? unusable) = await TrainInput.OpenAsync(request, job, report.Say, interrupted);
        if (input is null)
        {
            return unusable;
        }

        using RunFolder folder = input.Folder;
        using GridTelemetry? telemetry = GridTelemetry.Start(); // where the OTEL_* variables name a collector
        WatchOutcome? outcome = null;
        await report.ShowAsync(async () =>
        {
            LocalGrid grid = await StartAsync(terminal, request, input, job.Silos);

            // Shards write the end of their logs when the grid stops.
            using TraceFile? trace = OpenTrace(input, job.Plan!, grid, report);
            await using (grid)
            {
                outcome = await new JobWatch(grid.Grains, report, terminal.Time).RunAsync(job.Plan!, interrupted);
            }
        });
        return outcome switch
        {
            WatchOutcome.Ended ended => Finish(ended, input, report),
            WatchOutcome.Failed failed => failed.Failure with { Mistakes = job.Locate(failed.Failure.Mistakes) },
            _ => throw new InvalidOperationException("The run ended without an outcome."),
        };
    }

    private static Task<LocalGrid> StartAsync(
        Terminal terminal, TrainRequest request, TrainInput input, int silos) => LocalGrid.StartAsync(
        silos,
        options =>
        {
            options.DataFolder = request.Data;
            // The silos share this machine: together they use each processor once.
            options.ComputeThreads = Math.Max(1, Environment.ProcessorCount / silos);
        },
        logging =>
        {
            if (request.Log != LogLevel.None)
            {
                logging.SetMinimumLevel(request.Log).AddProvider(new ErrorLog(terminal.Error, request.Log));
            }
        },
        input.Cache);

    private static TraceFile? OpenTrace(TrainInput input, JobPlan plan, LocalGrid grid, ITrainReport report) => input.Trace is null
        ? null
        : new TraceFile(input.Trace.WrittenTo, new JobTrace(GridGrain.FirstJob(plan), grid.Cluster), report.Say);

    private static Failure? Finish(WatchOutcome.Ended ended, TrainInput input, ITrainReport report)
    {
        string? path = null;
        try
        {
            path = ended.Trained.Length > 0 ? TrainedModel.Save(input.Folder, input.Model.Tensors, ended) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Failure(
                ExitCodes.RunFailed, $"The model could not be saved: {error.Message}", "Free some space, or name another folder with --out.");
        }

        string? trace = input.Trace?.Find(Path.GetDirectoryName(path));
        report.Ended(new EndedFacts(ended.Started, ended.Progress, ended.Last, path, trace));
        return Unmet(ended.Progress);
    }

    /// <summary>What a run that left a result did not do after all; null when it completed and every check holds.</summary>
    internal static Failure? Unmet(JobProgress ended) =>
        ended.Phase != JobPhase.Completed ? new Failure(ExitCodes.Interrupted, "Interrupted.")
        : ended.Alarms.Length == 0 ? null
        : new Failure(ExitCodes.CheckFailed, $"The run is done, but {TrainText.Unmet(ended.Alarms.Length)}: {ended.Alarms[0]}");
}
