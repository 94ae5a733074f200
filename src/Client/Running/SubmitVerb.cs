using System.CommandLine;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid submit job.yaml [--watch]</c>.</summary>
internal static class SubmitVerb
{
    public static Command Create(Terminal terminal)
    {
        var verb = new ClientVerb(
            terminal, "submit", "Submits a job to a running grid. Data sets are read where the silos are; the file itself may be anywhere.",
            "grid submit job.yaml", "grid submit job.yaml --watch");
        var file = new Argument<string>("job.yaml") { Description = "The job." };
        var watch = new Option<bool>("--watch") { Description = "Watch it to its end; Ctrl-C ends the watching, and the job goes on." };
        verb.Command.Arguments.Add(file);
        verb.Command.Options.Add(watch);
        return verb.Run((parsed, session, interrupted) => SubmitAsync(session, parsed.GetRequiredValue(file), parsed.GetValue(watch), interrupted));
    }

    private static async Task<Failure?> SubmitAsync(ClientSession session, string file, bool isWatched, CancellationToken interrupted)
    {
        JobFileOutcome job = JobFile.Read(file);
        if (job.Plan is null)
        {
            return Failure.OfMistakes(job.Mistakes);
        }

        SubmitAnswer answer = await session.Door.Submit(job.Plan.ToJson());
        if (answer.Job is not { } id)
        {
            return Failure.OfMistakes(job.Locate(answer.Mistakes));
        }

        if (isWatched)
        {
            return await WatchVerb.FollowAsync(session, id, interrupted);
        }

        session.Say($"{id} is submitted; 'grid watch {id}' shows how it goes.");
        session.Tell("completed", json => json.Text("job", id));
        return null;
    }
}
