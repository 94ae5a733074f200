using System.CommandLine;
using OrleansSgd.Client.Training;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid list</c>, <c>show</c>, <c>pause</c>, <c>resume</c> and <c>cancel</c>: one question to a running grid, and its answer.</summary>
internal static class JobVerbs
{
    // To read the data may take a while; a store that takes longer is in trouble, which is said.
    private static readonly TimeSpan InsistMax = TimeSpan.FromSeconds(20);

    /// <summary>The argument that names a job.</summary>
    public static Argument<string> JobArgument() => new("JOB") { Description = "The job's id, as 'grid list' shows it." };

    /// <summary><c>grid list</c>.</summary>
    public static Command List(Terminal terminal) => new ClientVerb(
        terminal, "list", "Lists the jobs of a running grid.", "grid list", "grid list --json | jq -r 'select(.event == \"job\").job'").Run(ListAsync);

    /// <summary><c>grid show JOB</c>.</summary>
    public static Command Show(Terminal terminal) =>
        OfJob(terminal, "show", "Says where a job is: its progress, its figures, its certificate.", ShowAsync, "grid show mnist-1");

    /// <summary><c>grid pause JOB</c>.</summary>
    public static Command Pause(Terminal terminal) => OfJob(
        terminal, "pause", "Lets a job wait: no gradient is applied any more. It stays paused when the grid is started again.",
        (session, id) => OperateAsync(session, id, session.Job(id).Pause, "paused"),
        "grid pause mnist-1");

    /// <summary><c>grid resume JOB</c>.</summary>
    public static Command Resume(Terminal terminal) => OfJob(
        terminal, "resume", "Lets a paused job go on.",
        (session, id) => OperateAsync(session, id, session.Job(id).Continue, "continued"),
        "grid resume mnist-1");

    /// <summary><c>grid cancel JOB</c>.</summary>
    public static Command Cancel(Terminal terminal) =>
        OfJob(
            terminal, "cancel", "Ends a job; the model trained so far is kept.", CancelAsync,
            "grid cancel mnist-1", "grid export mnist-1 --out model.safetensors");

    /// <summary>The failure that an id is which the grid does not know; null when it does.</summary>
    public static async Task<Failure?> UnknownAsync(ClientSession session, string id)
    {
        JobSummary[] known = await session.Door.List();
        if (known.Any(job => job.Job == id))
        {
            return null;
        }

        string near = JobFiles.Suggestion.For(id, known.Select(job => job.Job)) is { } meant ? $" Did you mean {meant}?" : "";
        return new Failure(ExitCodes.BadInput, $"The grid knows no job {JobFiles.JobScalars.Quote(id)}.{near}", "'grid list' shows those it knows.");
    }

    /// <summary>Asks a job for something until it has begun and the store has it, or that takes too long. To ask again changes nothing.</summary>
    public static async Task<OperatorAnswer> InsistAsync(ClientSession session, string id, Func<Task<OperatorAnswer>> ask)
    {
        long since = session.Terminal.Time.GetTimestamp();
        while (true)
        {
            OperatorAnswer answer = await ask();
            bool isDone = answer.Refusal is null
                ? answer.IsKept
                : (await session.Job(id).Progress(int.MaxValue)).Phase != JobPhase.Starting;
            if (isDone || session.Terminal.Time.GetElapsedTime(since) > InsistMax)
            {
                return answer;
            }

            await Task.Delay(JobWatch.PollPeriod, session.Terminal.Time);
        }
    }

    private static Command OfJob(
        Terminal terminal, string name, string description, Func<ClientSession, string, Task<Failure?>> body, params string[] examples)
    {
        var verb = new ClientVerb(terminal, name, description, examples);
        Argument<string> job = JobArgument();
        verb.Command.Arguments.Add(job);
        return verb.Run(async (parsed, session, _) =>
        {
            string id = parsed.GetRequiredValue(job);
            return await UnknownAsync(session, id) ?? await body(session, id);
        });
    }

    private static async Task<Failure?> ListAsync(ParseResult parsed, ClientSession session, CancellationToken interrupted)
    {
        JobSummary[] jobs = await session.Door.List();
        int width = jobs.Select(job => job.Job.Length).Append(3).Max();
        if (!session.IsJson && jobs.Length > 0)
        {
            session.Say($"{"JOB".PadRight(width)}  PHASE");
        }

        foreach (JobSummary job in jobs)
        {
            string phase = PhaseOf(job.Phase);
            if (!session.IsJson)
            {
                session.Say($"{job.Job.PadRight(width)}  {phase}");
            }

            session.Tell("job", json =>
            {
                json.Text("job", job.Job);
                json.Text("name", job.Name);
                json.Text("phase", phase);
            });
        }

        if (!session.IsJson && jobs.Length == 0)
        {
            session.Say("The grid has no jobs yet; submit one with 'grid submit job.yaml'.");
        }

        session.Tell("completed", json => json.Number("jobs", jobs.Length));
        return null;
    }

    private static async Task<Failure?> ShowAsync(ClientSession session, string id)
    {
        JobProgress job = await session.Job(id).Progress(0);
        JobEvent? last = job.Events.LastOrDefault(one => one.Kind == "evaluated");
        if (!session.IsJson)
        {
            foreach ((string label, string text) in JobText.Lines(id, job, last))
            {
                session.Say($"{label,-14} {text}");
            }
        }

        session.Tell("completed", json => JobText.Write(json, id, job, last));
        return null;
    }

    private static async Task<Failure?> OperateAsync(ClientSession session, string id, Func<Task<OperatorAnswer>> ask, string done)
    {
        OperatorAnswer answer = await InsistAsync(session, id, ask);
        if (answer.Refusal is { } refusal)
        {
            return new Failure(ExitCodes.BadInput, refusal);
        }

        session.Say(answer.IsKept ? $"{id} is {done}." : $"{id} is {done}; the store does not have that yet, so a crash now would undo it.");
        session.Tell("completed", json =>
        {
            json.Text("job", id);
            json.Text("phase", done == "paused" ? "paused" : "running");
            json.Flag("kept", answer.IsKept);
        });
        return null;
    }

    private static async Task<Failure?> CancelAsync(ClientSession session, string id)
    {
        JobProgress before = await session.Job(id).Progress(int.MaxValue);
        if (before.IsOver)
        {
            return new Failure(ExitCodes.BadInput, $"Job {id} is over already ({PhaseOf(before.Phase)}).");
        }

        await session.Job(id).Cancel();
        session.Say($"{id} is cancelled; 'grid export {id} --out model.safetensors' fetches what was trained so far.");
        session.Tell("completed", json =>
        {
            json.Text("job", id);
            json.Text("phase", "cancelled");
        });
        return null;
    }

    /// <summary>A phase as people and programs read it.</summary>
    public static string PhaseOf(JobPhase phase) => phase.ToString().ToLowerInvariant();
}
