using System.CommandLine;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Client.Verbs;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid watch JOB</c>: its whole history, then what happens, to its end. It waits for a grid that goes away and comes back.</summary>
internal static class WatchVerb
{
    // The plan is known once the coordinator has read the store; a job that has just been submitted has it already.
    private static readonly TimeSpan PlanMax = TimeSpan.FromSeconds(30);

    public static Command Create(Terminal terminal)
    {
        var verb = new ClientVerb(
            terminal, "watch", "Watches a job to its end. Ctrl-C ends the watching, and the job goes on.", "grid watch mnist-1", "grid watch mnist-1 --json");
        Argument<string> job = JobVerbs.JobArgument();
        verb.Command.Arguments.Add(job);
        return verb.Run(async (parsed, session, interrupted) =>
        {
            string id = parsed.GetRequiredValue(job);
            return await JobVerbs.UnknownAsync(session, id) ?? await FollowAsync(session, id, interrupted);
        });
    }

    /// <summary>Watches a job that the grid knows.</summary>
    public static async Task<Failure?> FollowAsync(ClientSession session, string id, CancellationToken interrupted)
    {
        JobPlan plan = await PlanAsync(session, id, interrupted);
        ITrainReport report = session.IsJson ? new JsonTrainReport(session.Terminal)
            : session.Terminal.IsLive ? new LiveTrainReport(LiveTrainReport.ConsoleOn(session.Terminal), "ends the watching; the job goes on")
            : new PlainTrainReport(session.Terminal);
        WatchOutcome? outcome = null;
        await report.ShowAsync(async () => outcome = await new JobWatch(() => session.Grains, report, session.Terminal.Time) { Patience = TimeSpan.MaxValue }
            .FollowAsync(id, plan, isOurs: false, interrupted));
        switch (outcome)
        {
            case WatchOutcome.Ended ended:
                string? export = ended.Trained.Length > 0 ? $"grid export {id} --out model.safetensors" : null;
                report.Ended(new EndedFacts(ended.Started, ended.Progress, ended.Last, ModelPath: null, ExportWith: export));
                return TrainVerb.Unmet(ended.Progress) is { Code: ExitCodes.CheckFailed } unmet ? unmet : null;
            case WatchOutcome.Failed failed:
                return failed.Failure;
            default:
                session.Terminal.Error.WriteLine($"{id} goes on; 'grid watch {id}' watches it again, 'grid cancel {id}' ends it.");
                session.Tell("detached", json => json.Text("job", id));
                return new Failure(ExitCodes.Interrupted, "Interrupted.");
        }
    }

    private static async Task<JobPlan> PlanAsync(ClientSession session, string id, CancellationToken interrupted)
    {
        long since = session.Terminal.Time.GetTimestamp();
        while (true)
        {
            string text = await session.Job(id).Plan();
            if (text.Length > 0)
            {
                return JobPlan.FromJson(text);
            }

            JobProgress now = await session.Job(id).Progress(int.MaxValue);
            if (now.IsOver || session.Terminal.Time.GetElapsedTime(since) > PlanMax)
            {
                return new JobPlan(); // what there is to say of it is said without
            }

            await Task.Delay(JobWatch.PollPeriod, session.Terminal.Time, interrupted);
        }
    }
}
