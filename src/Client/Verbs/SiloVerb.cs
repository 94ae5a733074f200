using System.CommandLine;
using Microsoft.Extensions.Logging;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Training;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Data;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Scaling;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid silo --store PLACE</c>: silos in this process that go on with whatever the store has, and take new jobs.</summary>
internal static class SiloVerb
{
    public static Command Create(Terminal terminal)
    {
        var options = new SiloOptions(terminal);
        var verb = new Command("silo", "Runs silos on a store: resumes its jobs after a crash, and submits new ones.");
        options.AddTo(verb);
        verb.SetAction(async (parsed, interrupted) =>
        {
            (SiloRequest request, IReadOnlyList<string> mistakes) = options.Read(parsed);
            Failure? failure = mistakes.Count > 0 ? Failure.OfMistakes(mistakes) : await RunAsync(terminal, request, interrupted);
            return failure?.Code switch
            {
                null => ExitCodes.Done,
                ExitCodes.Interrupted => ExitCodes.Interrupted,
                ExitCodes.CheckFailed => Verdict.CheckFailed(terminal, failure),
                _ => Verdict.Failed(terminal, request.IsJson, failure),
            };
        });
        return verb;
    }

    private static async Task<Failure?> RunAsync(Terminal terminal, SiloRequest request, CancellationToken interrupted)
    {
        using GridTelemetry? telemetry = GridTelemetry.Start(); // where the OTEL_* variables name a collector
        var cache = new DataCache();
        await using LocalGrid grid = await LocalGrid.StartAsync(
            request.Silos,
            request.Configure,
            logging =>
            {
                if (request.Log != LogLevel.None)
                {
                    logging.SetMinimumLevel(request.Log).AddProvider(new ErrorLog(terminal.Error, request.Log));
                }
            },
            cache,
            request.Meeting,
            cancellation: interrupted);
        if (request.Meeting is { IsJoining: true } meeting)
        {
            await StayAsync(terminal, request, grid, meeting, interrupted);
            return null;
        }

        (GridScaling? scaling, Failure? unscaled) = await ScalingFlags.StartAsync(request.Scaling, grid, interrupted);
        if (unscaled is not null)
        {
            return unscaled;
        }

        await using GridScaling? running = scaling;
        var jobs = new List<SiloJob>();
        try
        {
            await ResumeAsync(terminal, request, grid, cache, jobs);
            if (await SubmitAsync(terminal, request, grid, cache, jobs) is { } refused)
            {
                return refused;
            }

            if (jobs.Count == 0)
            {
                Tell(terminal, request, $"No job of {request.Store} is left to do.");
            }

            return await AwaitAsync(terminal, request, grid, jobs, interrupted);
        }
        catch (CheckpointStoreException trouble)
        {
            return new Failure(ExitCodes.BadInput, trouble.Message);
        }
        finally
        {
            // Shards write the end of their logs when the grid stops.
            await grid.DisposeAsync();
            jobs.ForEach(job => job.Dispose());
        }
    }

    // The jobs are another process's; this one hosts what they place here, until it is told to go.
    private static async Task StayAsync(
        Terminal terminal, SiloRequest request, LocalGrid grid, GridMeeting meeting, CancellationToken interrupted)
    {
        Tell(terminal, request, string.Create(null, $"Joined the grid at port {meeting.Port} with {request.Silos} of its silos."));
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = interrupted.Register(stopped.SetResult);
        await stopped.Task;
        foreach (LocalSilo silo in grid.Silos)
        {
            await grid.LeaveAsync(silo.Index, new GridOptions().DrainDeadline);
        }
    }

    // Their traces must be open before they go on.
    private static async Task ResumeAsync(Terminal terminal, SiloRequest request, LocalGrid grid, DataCache cache, List<SiloJob> jobs)
    {
        IGridGrain door = grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key);
        foreach (JobSummary job in await door.List())
        {
            if (job.Phase == JobPhase.Running)
            {
                jobs.Add(SiloJob.Open(terminal, request, grid, cache, job.Job, job.Name));
            }
        }

        string[] resumed = await door.ResumeAll();
        foreach (SiloJob job in jobs)
        {
            job.Follow(plan: null);
        }

        // What could not be read has nothing to show but why.
        foreach (string job in resumed.Except(jobs.Select(job => job.Id)))
        {
            var refused = SiloJob.Open(terminal, request, grid, cache, job, job);
            refused.Follow(plan: null);
            jobs.Add(refused);
        }
    }

    private static async Task<Failure?> SubmitAsync(
        Terminal terminal, SiloRequest request, LocalGrid grid, DataCache cache, List<SiloJob> jobs)
    {
        IGridGrain door = grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key);
        foreach (JobFileOutcome outcome in request.Jobs)
        {
            JobPlan plan = outcome.Plan!;
            var job = SiloJob.Open(terminal, request, grid, cache, await door.NextId(plan.Name), plan.Name);
            jobs.Add(job);
            SubmitAnswer answer = await door.Submit(plan.ToJson());
            if (answer.Job is null)
            {
                return Failure.OfMistakes(outcome.Locate(answer.Mistakes));
            }

            job.Follow(plan);
        }

        return null;
    }

    private static async Task<Failure?> AwaitAsync(
        Terminal terminal, SiloRequest request, LocalGrid grid, List<SiloJob> jobs, CancellationToken interrupted)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = interrupted.Register(stopped.SetResult);
        Task<Failure?[]> all = Task.WhenAll(jobs.Select(job => job.Over));
        await Task.WhenAny(all, stopped.Task);
        if (!request.EndsWhenDone)
        {
            await stopped.Task;
        }

        if (!all.IsCompleted)
        {
            await DrainAsync(terminal, request, grid, jobs);
            return new Failure(ExitCodes.Interrupted, "Interrupted.");
        }

        return (await all).FirstOrDefault(failure => failure is not null);
    }

    // What was done since the last checkpoint need not be done again.
    private static async Task DrainAsync(Terminal terminal, SiloRequest request, LocalGrid grid, List<SiloJob> jobs)
    {
        foreach (SiloJob job in jobs.Where(job => !job.Over.IsCompleted))
        {
            job.Leave();
            try
            {
                bool isKept = await grid.Grains.GetGrain<IJobGrain>(job.Id).Checkpoint();
                Tell(terminal, request, $"{job.Id} waits in {request.Store}{(isKept ? "" : ", as it was at its last checkpoint")}.");
            }
            catch (Exception error) when (error is TimeoutException or OrleansException)
            {
                Tell(terminal, request, $"{job.Id} waits in {request.Store}, as it was at its last checkpoint: {error.Message}");
            }
        }
    }

    private static void Tell(Terminal terminal, SiloRequest request, string line) =>
        (request.IsJson ? terminal.Error : terminal.Out).WriteLine(line);
}
