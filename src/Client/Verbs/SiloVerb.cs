using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Reports;
using OrleansSgd.Client.Settings;
using OrleansSgd.Client.Training;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Http;
using OrleansSgd.Silo.Scaling;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid silo --store PLACE</c>: silos in this process that go on with whatever the store has, and take new jobs from clients.</summary>
internal static class SiloVerb
{
    public static Command Create(Terminal terminal)
    {
        var options = new SiloOptions(terminal);
        var verb = new Command("silo", HelpText.With(
            "Runs silos on a store: resumes its jobs after a crash, and takes new ones from 'grid submit'. Settings: docs/configuration.md.",
            "grid silo --store jobs", "grid silo --config grid.yaml --silos 2", "GRID_STORE=blob:jobs grid silo",
            "grid silo --store jobs --job job.yaml --exit-when-done"));
        options.AddTo(verb);
        verb.SetAction(async (parsed, interrupted) =>
        {
            (SiloRequest request, IReadOnlyList<string> mistakes) = options.Read(parsed);
            Failure? failure = mistakes.Count > 0 ? SettingsMistakes.Of(mistakes) : await RunAsync(terminal, request, interrupted);
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
        using var jobs = new SiloJobs(terminal, request, cache);
        (LocalGrid? started, Failure? unstarted) = await StartAsync(terminal, request, cache, jobs, interrupted);
        if (started is null)
        {
            return unstarted;
        }

        await using LocalGrid grid = started;
        jobs.Attach(grid);
        (GridScaling? scaling, Failure? unscaled) = await ScalingFlags.StartAsync(request.Scaling, request.Http is not null, grid, interrupted);
        await using GridScaling? running = scaling;
        var health = new GridHealth(grid, terminal.Time);
        (SiloWeb? web, Failure? deaf) = await SiloWeb.StartAsync(request, grid, health, scaling, interrupted);
        try
        {
            return unscaled ?? deaf ?? await ServeAsync(terminal, request, grid, jobs, web, health, interrupted);
        }
        catch (CheckpointStoreException trouble)
        {
            return new Failure(ExitCodes.BadInput, trouble.Message);
        }
        finally
        {
            // Pages ask the grid, so they go first. Shards write the end of their logs when the grid stops.
            await (web?.DisposeAsync() ?? default);
            await grid.DisposeAsync();
        }
    }

    private static async Task<(LocalGrid? Grid, Failure? Failure)> StartAsync(
        Terminal terminal, SiloRequest request, DataCache cache, SiloJobs jobs, CancellationToken interrupted)
    {
        request.Pins?.ConfineProcess();
        try
        {
            LocalGrid grid = await LocalGrid.StartAsync(
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
                place: request.Place,
                services: services => services.AddSingleton<IJobObserver>(jobs),
                cancellation: interrupted);
            grid.LeaveTime = request.DrainTime;
            grid.ScalingRefusal = request.Scaling.IsActing
                ? "The silos of this grid come and go with the work (--silos-max), so their number cannot be asked for."
                : null;
            return (grid, null);
        }
        catch (Exception error) when (error is OrleansConfigurationException or System.Net.Sockets.SocketException or IOException or OrleansException)
        {
            return (null, new Failure(
                ExitCodes.BadInput, $"The silos cannot start: {error.Message.TrimEnd('.')}.",
                "If a port is taken, end the process that has it, or choose others with --gateway-port and --silo-port."));
        }
    }

    private static async Task<Failure?> ServeAsync(
        Terminal terminal, SiloRequest request, LocalGrid grid, SiloJobs jobs, SiloWeb? web, GridHealth health, CancellationToken interrupted)
    {
        // The jobs of a grid that runs already are told by the process that took them; this one hosts what they place here.
        if (!request.IsJoining && !await HasOthersAsync(grid))
        {
            await ResumeAsync(grid, jobs);
        }

        if (await SubmitAsync(request, grid) is { } refused)
        {
            return refused;
        }

        if (jobs.All.Count == 0 && request.EndsWhenDone)
        {
            Tell(terminal, request, $"No job of {request.Store} is left to do.");
        }

        TellReady(terminal, request, web);
        Failure? failure = await AwaitAsync(request, jobs, interrupted);
        if (interrupted.IsCancellationRequested)
        {
            health.IsLeaving = true;
            await DrainAsync(terminal, request, grid, jobs);
            await Task.WhenAll(jobs.All.Select(job => job.LeftAsync()));
        }

        return failure;
    }

    private static void TellReady(Terminal terminal, SiloRequest request, SiloWeb? web)
    {
        if (request.Place is not { } place)
        {
            return;
        }

        if (request.IsJson)
        {
            new EventWriter(terminal.Out).Write("ready", json =>
            {
                json.Text("cluster", place.Cluster);
                json.Text("store", request.Store);
                json.Number("silos", request.Silos);
                json.Number("gatewayPort", place.GatewayPort);
                json.Text("http", web?.Address.ToString());
            });
            return;
        }

        string shown = web is null ? "" : $", dashboard at {web.Address}";
        string cluster = place.Cluster == Running.ClientPlace.ClusterAt(place.GatewayPort) ? "" : $" --cluster {place.Cluster}";
        string gateway = place.GatewayPort == GridSettings.GatewayPort ? ""
            : string.Create(CultureInfo.InvariantCulture, $" --gateway-port {place.GatewayPort}");
        Tell(
            terminal, request,
            $"Ready: {Figures.Of(request.Silos, "silo")} of {place.Cluster} on {request.Store}{shown}. Submit with: grid submit job.yaml{gateway}{cluster}");
    }

    // Their traces must be open before they go on.
    private static async Task ResumeAsync(LocalGrid grid, SiloJobs jobs)
    {
        IGridGrain door = grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key);
        foreach (JobSummary job in await door.List())
        {
            if (job.Phase is JobPhase.Running or JobPhase.Paused)
            {
                jobs.Open(job.Job, job.Name);
            }
        }

        string[] opened = [.. jobs.All.Select(job => job.Id)];
        string[] resumed = await door.ResumeAll();
        foreach (string refused in resumed.Except(opened))
        {
            jobs.Open(refused, refused); // what could not be read has nothing to show but why
        }

        foreach (SiloJob job in jobs.All)
        {
            job.Follow(plan: null);
        }
    }

    private static async Task<Failure?> SubmitAsync(SiloRequest request, LocalGrid grid)
    {
        IGridGrain door = grid.Grains.GetGrain<IGridGrain>(IGridGrain.Key);
        foreach (JobFileOutcome outcome in request.Jobs)
        {
            SubmitAnswer answer = await door.Submit(outcome.Plan!.ToJson());
            if (answer.Job is null)
            {
                return Failure.OfMistakes(outcome.Locate(answer.Mistakes));
            }
        }

        return null;
    }

    private static async Task<Failure?> AwaitAsync(SiloRequest request, SiloJobs jobs, CancellationToken interrupted)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = interrupted.Register(stopped.SetResult);
        if (!request.EndsWhenDone)
        {
            await stopped.Task; // to be told to end is how it ends
            return null;
        }

        Task<Failure?> over = jobs.OverAsync();
        return await Task.WhenAny(over, stopped.Task) == over ? await over : new Failure(ExitCodes.Interrupted, "Interrupted.");
    }

    private static async Task<bool> HasOthersAsync(LocalGrid grid)
    {
        Dictionary<SiloAddress, SiloStatus> hosts = await grid.Grains.GetGrain<IManagementGrain>(0).GetHosts(true);
        string[] own = [.. grid.Silos.Select(silo => silo.Address)];
        return hosts.Keys.Any(host => !own.Contains(host.ToParsableString()));
    }

    // Other silos take over what is here; where there are none, what was done since the last checkpoint need not be done again.
    private static async Task DrainAsync(Terminal terminal, SiloRequest request, LocalGrid grid, SiloJobs jobs)
    {
        foreach (SiloJob job in jobs.All)
        {
            job.Leave();
        }

        if (await HasOthersAsync(grid))
        {
            foreach (LocalSilo silo in grid.Silos)
            {
                bool isClear = await grid.LeaveAsync(silo.Index, request.DrainTime);
                Tell(terminal, request, $"{silo.Name} {(isClear ? "handed over everything" : "goes with something still on it, as in a crash")}.");
            }

            return;
        }

        foreach (SiloJob job in jobs.All.Where(job => !job.IsDone))
        {
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
