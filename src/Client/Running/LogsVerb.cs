using System.CommandLine;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid logs JOB [--follow]</c>: what happened to a job, each thing once, over all restarts.</summary>
internal static class LogsVerb
{
    public static Command Create(Terminal terminal)
    {
        var verb = new ClientVerb(terminal, "logs", "Lists what happened to a job: evaluations, silos, resumptions, checks.", "grid logs mnist-1", "grid logs mnist-1 --follow");
        Argument<string> job = JobVerbs.JobArgument();
        var follow = new Option<bool>("--follow") { Description = "Go on as things happen, until the job is over or Ctrl-C." };
        verb.Command.Arguments.Add(job);
        verb.Command.Options.Add(follow);
        return verb.Run(async (parsed, session, interrupted) =>
        {
            string id = parsed.GetRequiredValue(job);
            return await JobVerbs.UnknownAsync(session, id) ?? await ReadAsync(session, id, parsed.GetValue(follow), interrupted);
        });
    }

    private static async Task<Failure?> ReadAsync(ClientSession session, string id, bool isFollowed, CancellationToken interrupted)
    {
        ITrainReport report = session.IsJson ? new JsonTrainReport(session.Terminal) : new PlainTrainReport(session.Terminal);
        var history = new JobHistory(report);
        while (true)
        {
            JobProgress now = await session.Job(id).Progress(history.EventsSeen);
            history.Show(now);
            if (now.IsOver || !isFollowed)
            {
                session.Tell("completed", json =>
                {
                    json.Text("job", id);
                    json.Text("phase", JobVerbs.PhaseOf(now.Phase));
                });
                return null;
            }

            try
            {
                await Task.Delay(JobWatch.PollPeriod, session.Terminal.Time, interrupted);
            }
            catch (OperationCanceledException)
            {
                session.Tell("detached", json => json.Text("job", id));
                return new Failure(ExitCodes.Interrupted, "Interrupted.");
            }
        }
    }
}
