using System.CommandLine;
using Microsoft.Extensions.Logging;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo;

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
        return failure is null ? ExitCodes.Done
            : failure.Code == ExitCodes.Interrupted ? ExitCodes.Interrupted
            : Verdict.Failed(terminal, request.IsJson, failure);
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
        WatchOutcome? outcome = null;
        await report.ShowAsync(async () =>
        {
            await using LocalGrid grid = await StartAsync(terminal, request, input, job.Silos);
            outcome = await new JobWatch(grid.Grains, report, terminal.Time).RunAsync(job.Plan!, interrupted);
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

        report.Ended(new EndedFacts(ended.Started, ended.Progress, ended.Last, path));
        return ended.Progress.Phase == JobPhase.Completed ? null : new Failure(ExitCodes.Interrupted, "Interrupted.");
    }
}
