using System.CommandLine;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Grains.Contracts;
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
        ITrainReport report = TrainRun.ReportOf(terminal, request);
        JobFileOutcome job = request.Draft.Finish();
        return TrainRun.Conclude(
            terminal, request,
            job.Plan is null ? Failure.OfMistakes(job.Mistakes) : await TrainAsync(terminal, request, job, report, interrupted));
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
        using var log = RunLog.Open(report, folder, input.Trace?.WrittenTo, terminal.Time);
        using GridTelemetry? telemetry = GridTelemetry.Start(); // where the OTEL_* variables name a collector
        WatchOutcome? outcome = null;
        await log.ShowAsync(async () => outcome = await TrainRun.WatchAsync(
            terminal, request, input, job.Plan!, job.Silos, input.Trace?.WrittenTo, log, beside: null, isDisturbed: false, interrupted));
        return outcome switch
        {
            WatchOutcome.Ended ended => Finish(ended, input, log),
            WatchOutcome.Failed failed => TrainRun.Keep(failed.Failure with { Mistakes = job.Locate(failed.Failure.Mistakes) }, log),
            _ => throw new InvalidOperationException("The run ended without an outcome."),
        };
    }

    private static Failure? Finish(WatchOutcome.Ended ended, TrainInput input, RunLog log)
    {
        if (TrainRun.Save(ended, input, log, out string? path) is { } unsaved)
        {
            return unsaved;
        }

        log.Ended(TrainRun.FactsOf(ended, input.Trace, path));
        return Unmet(ended.Progress);
    }

    /// <summary>What a run that left a result did not do after all; null when it completed and every check holds.</summary>
    internal static Failure? Unmet(JobProgress ended) =>
        ended.Phase != JobPhase.Completed ? new Failure(ExitCodes.Interrupted, "Interrupted.")
        : ended.Alarms.Length == 0 ? null
        : new Failure(ExitCodes.CheckFailed, $"The run is done, but {TrainText.Unmet(ended.Alarms.Length)}: {ended.Alarms[0]}");
}
