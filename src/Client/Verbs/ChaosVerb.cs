using System.CommandLine;
using OrleansSgd.Client.Chaos;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Core.Chaos;
using OrleansSgd.Silo.Chaos;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid chaos [job.yaml]</c>: trains a job while silos come, go, die, slow down and are cut off, and holds the grid to its promises.</summary>
internal static class ChaosVerb
{
    // A grid of one silo has nowhere to move anything to.
    private const int SilosMin = 2;

    // In one process a silo hands over within a fraction of it; what takes longer is better off as a crash.
    private static readonly TimeSpan LeaveDeadline = TimeSpan.FromSeconds(10);

    public static Command Create(Terminal terminal)
    {
        var options = new ChaosOptions(terminal);
        var verb = new Command("chaos", "Trains a job while silos come and go by a script, and says what that did.");
        options.AddTo(verb);
        verb.SetAction((parsed, interrupted) => RunAsync(terminal, options.Read(parsed), interrupted));
        return verb;
    }

    private static async Task<int> RunAsync(Terminal terminal, ChaosRequest request, CancellationToken interrupted)
    {
        ITrainReport report = TrainRun.ReportOf(terminal, request.Train);
        JobFileOutcome job = request.Train.Draft.Finish();
        Failure? failure = job.Plan is null ? Failure.OfMistakes(job.Mistakes)
            : job.Silos < SilosMin ? new Failure(
                ExitCodes.BadInput, $"silos is {job.Silos}, but under churn at least {SilosMin} are needed.", "Use --silos 3.")
            : await ChurnAsync(terminal, request, job, report, interrupted);
        return TrainRun.Conclude(terminal, request.Train, failure);
    }

    private static async Task<Failure?> ChurnAsync(
        Terminal terminal, ChaosRequest request, JobFileOutcome job, ITrainReport report, CancellationToken interrupted)
    {
        (TrainInput? input, Failure? unusable) = await TrainInput.OpenAsync(request.Train, job, report.Say, interrupted);
        if (input is null)
        {
            return unusable;
        }

        using RunFolder folder = input.Folder;
        using var log = RunLog.Open(report, folder, input.Trace?.WrittenTo, terminal.Time);
        using GridTelemetry? telemetry = GridTelemetry.Start(); // where the OTEL_* variables name a collector
        ChaosScript script = request.Script ?? request.Rates!.Generate(job.Plan!.Run.Seed);
        var events = new EventWriter(terminal.Out);
        ChaosRun? churn = null;
        WatchOutcome? outcome = null;
        WatchOutcome? undisturbed = null;
        ChaosRun? calm = null;
        await log.ShowAsync(async () =>
        {
            report.Say(ChaosText.Headline(script));
            outcome = await TrainRun.WatchAsync(
                terminal, request.Train, input, job.Plan!, job.Silos, input.Trace?.WrittenTo, log,
                (grid, id, ended) =>
                {
                    churn = new ChaosRun(grid, script, terminal.Time, LeaveDeadline) { Done = Tell };
                    return churn.PlayAsync(id, ended);
                },
                isDisturbed: true, interrupted);
            if (request.IsCompared && outcome is WatchOutcome.Ended && !interrupted.IsCancellationRequested)
            {
                report.Say("The same job without churn, to compare with …");
                undisturbed = await TrainRun.WatchAsync(
                    terminal, request.Train, input, job.Plan!, job.Silos, trace: null,
                    new PlainTrainReport(terminal with { Out = TextWriter.Null }),
                    (grid, id, ended) =>
                    {
                        calm = new ChaosRun(grid, new ChaosScript(script.Seed, []), terminal.Time, LeaveDeadline);
                        return calm.PlayAsync(id, ended);
                    },
                    isDisturbed: false, interrupted);
            }
        });
        return outcome switch
        {
            WatchOutcome.Ended ended => Finish(terminal, request, input, log, events, churn!, job, ended, undisturbed, calm?.Speed),
            WatchOutcome.Failed failed => TrainRun.Keep(failed.Failure with { Mistakes = job.Locate(failed.Failure.Mistakes) }, log),
            _ => throw new InvalidOperationException("The run ended without an outcome."),
        };

        void Tell(ChaosDeed deed)
        {
            log.Did(deed);
            if (request.Train.IsJson)
            {
                ChaosEvents.Write(events, deed);
            }
            else
            {
                report.Say(ChaosText.Line(deed));
            }
        }
    }

    private static Failure? Finish(
        Terminal terminal, ChaosRequest request, TrainInput input, RunLog log, EventWriter events, ChaosRun churn,
        JobFileOutcome job, WatchOutcome.Ended ended, WatchOutcome? undisturbed, SpeedTrace? calm)
    {
        if (Record(request, churn) is { } unwritten)
        {
            return unwritten;
        }

        ChaosFigures figures = ChaosFigures.Of(job.Plan!, ended, churn, undisturbed as WatchOutcome.Ended, calm);
        log.Churned(figures);
        if (TrainRun.Save(ended, input, log, out string? path) is { } unsaved)
        {
            return unsaved;
        }

        if (request.Train.IsJson)
        {
            ChaosEvents.Write(events, figures);
        }

        log.Ended(TrainRun.FactsOf(ended, input.Trace, path));
        if (!request.Train.IsJson)
        {
            foreach ((string label, string text) in ChaosText.Summary(figures))
            {
                terminal.Out.WriteLine($"  {label,-14} {text}");
            }
        }

        string[] broken = [.. figures.Broken()];
        return TrainVerb.Unmet(ended.Progress)
            ?? (undisturbed as WatchOutcome.Failed)?.Failure
            ?? (broken.Length == 0 ? null : new Failure(ExitCodes.CheckFailed, $"The run is done, but a promise is broken: {string.Join("; ", broken)}."));
    }

    private static Failure? Record(ChaosRequest request, ChaosRun churn)
    {
        try
        {
            if (request.Record is { } path)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                File.WriteAllText(path, ChaosFile.TextOf(churn.Record));
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Failure(
                ExitCodes.RunFailed, $"The record could not be written to {request.Record}: {error.Message}", "Name another file with --record.");
        }
    }
}
