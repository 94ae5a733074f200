using System.CommandLine;
using System.Globalization;
using System.Net;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Settings;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Compute;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Clustering;
using OrleansSgd.Silo.Http;
using OrleansSgd.Storage;

namespace OrleansSgd.Client.Verbs;

/// <summary>The options of <c>grid silo</c>: its settings, and what is said on the command line alone.</summary>
internal sealed class SiloOptions
{
    private readonly Terminal _terminal;
    private readonly SettingsReader _settings = new(GridSettings.All);

    private readonly Option<int?> _port = new("--port")
    {
        Description = "As --silo-port, and names the grid after it, so that other processes of this machine can join it with --join. Microsoft Orleans only.",
        HelpName = "N",
    };

    private readonly Option<int?> _join = new("--join")
    {
        Description = "Joins the grid of another process of this machine, which was given this port. Microsoft Orleans only.",
        HelpName = "N",
    };

    private readonly Option<string[]> _jobs = new("--job")
    {
        Description = "A job to submit once the jobs of the store are resumed; may be given several times.",
        HelpName = "job.yaml",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _exit = new("--exit-when-done")
    {
        Description = "End when no job is left; otherwise the silos stay until they are interrupted.",
    };

    private readonly Option<bool> _noTrace = new("--no-trace")
    {
        Description = "Write no traces; the runs cannot be certified afterwards.",
    };

    private readonly Option<bool> _json = SharedOptions.Json();
    private readonly ScalingFlags _scaling = new();

    public SiloOptions(Terminal terminal) => _terminal = terminal;

    /// <summary>Adds everything to the verb, in the order its help shows.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in (Option[])[.. _settings.Options, _port, _join, .. _scaling.All, _jobs, _exit, _noTrace, _json])
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>What was asked for, and every mistake in it.</summary>
    public (SiloRequest Request, IReadOnlyList<string> Mistakes) Read(ParseResult parsed)
    {
        JobFileOutcome[] jobs = [.. parsed.GetRequiredValue(_jobs).Select(JobFile.Read)];
        List<string> mistakes = [.. jobs.SelectMany(job => job.Mistakes), .. SettingsReader.Misspelt(Environment.GetEnvironmentVariables())];
        SettingsFound settings = _settings.Read(parsed, _terminal, mistakes);
        string data = settings.Text(GridSettings.Data, Folders.Data(_terminal));
        int silos = settings.Whole(GridSettings.Silos, 1, LocalGrid.SilosMax, 1);
        bool endsWhenDone = parsed.GetValue(_exit);
        int? join = PortOf("--join", parsed.GetValue(_join), mistakes);
        int? port = PortOf("--port", parsed.GetValue(_port), mistakes);
        if (port is not null && join is not null)
        {
            mistakes.Add("--port and --join are both given; the first process is given --port, every other one --join.");
        }

        var request = new SiloRequest
        {
            Store = StoreOf(settings, mistakes),
            CheckpointSeconds = settings.Number(GridSettings.Checkpoint, 0.1, 3600, new GridOptions().CheckpointPeriod.TotalSeconds),
            Silos = silos,
            Jobs = jobs,
            EndsWhenDone = endsWhenDone,
            Out = settings.Text(GridSettings.Out, Folders.Runs),
            IsTraced = !parsed.GetValue(_noTrace),
            Data = data,
            IsJson = parsed.GetValue(_json),
            Log = TrainOptions.Levels.GetValueOrDefault(settings.Choice(GridSettings.Log, [.. TrainOptions.Levels.Keys]).ToLowerInvariant()),
            Scaling = _scaling.Read(parsed, settings, silos, mistakes),
            Place = PlaceOf(settings, endsWhenDone, port, join, mistakes),
            IsJoining = join is not null,
            Http = HttpOf(settings, endsWhenDone || join is not null, mistakes),
            DrainTime = TimeSpan.FromSeconds(settings.Number(GridSettings.DrainSeconds, 0, 600, new GridOptions().DrainDeadline.TotalSeconds)),
            JobRoots = settings.Find(GridSettings.JobRoots)?.Text
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [data],
            ComputeThreads = ThreadsOf(settings, GridSettings.ComputeThreads),
            IntraOpThreads = ThreadsOf(settings, GridSettings.IntraOpThreads),
            Pins = PinsOf(settings),
        };
        return (request, mistakes);
    }

    private static string StoreOf(SettingsFound settings, List<string> mistakes)
    {
        if (settings.Content(GridSettings.StoreConnectionFile) is { } connection)
        {
            // The store's own client looks there, and only there.
            Environment.SetEnvironmentVariable(CheckpointStores.ConnectionVariable, connection);
        }

        if (settings.Find(GridSettings.Store) is not { } given)
        {
            mistakes.Add(
                $"--store is missing; name the folder or container that the jobs are kept in, here, in {GridSettings.Store.Variable} or in {GridSettings.FileName}.");
            return "";
        }

        if (CheckpointStores.Mistake(given.Text) is { } mistake)
        {
            mistakes.Add($"{given.Origin}: {mistake}");
        }

        return given.Text;
    }

    private static GridPlace? PlaceOf(SettingsFound settings, bool endsWhenDone, int? port, int? join, List<string> mistakes)
    {
        string clustering = settings.Text(GridSettings.Clustering, LocalClustering.Kind);
        bool isLocal = clustering == LocalClustering.Kind;
        if (isLocal && endsWhenDone && port is null && join is null && !settings.Has(GridSettings.OwnGatewayPort))
        {
            return null; // a grid of this process alone, which nobody is to reach
        }

        int gatewayPort = settings.Whole(GridSettings.OwnGatewayPort, 1, ushort.MaxValue, join is null ? GridSettings.GatewayPort : FreePort());
        int siloPort = settings.Whole(GridSettings.OwnSiloPort, 1, ushort.MaxValue, port ?? (isLocal ? FreePort() : GridSettings.SiloPort));
        string cluster = settings.Text(GridSettings.Cluster, (join ?? port) is { } meeting
            ? string.Create(CultureInfo.InvariantCulture, $"meeting-{meeting}")
            : Running.ClientPlace.ClusterAt(gatewayPort));
        (IPAddress? address, string? unknown) = AdvertisedAddress.Of(settings.Text(GridSettings.Address, IPAddress.Loopback.ToString()));
        string? connection = settings.Find(GridSettings.ClusteringConnection)?.Text ?? settings.Content(GridSettings.ClusteringConnectionFile);
        if (GridClusterings.Mistake(clustering, cluster, connection, IsOrleans) is { } mistake)
        {
            mistakes.Add(mistake);
        }

        if (cluster.Length is < 1 or > 64 || !cluster.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            settings.Refuse(GridSettings.Cluster, settings.Find(GridSettings.Cluster)!);
        }

        if (unknown is not null)
        {
            mistakes.Add(unknown);
        }

        IGridClustering how = !isLocal && connection is not null && mistakes.Count == 0
            ? new TableClustering(connection, cluster)
            : new LocalClustering(new IPEndPoint(IPAddress.Loopback, join ?? siloPort), cluster, gatewayPort);
        return new GridPlace(how, cluster, address ?? IPAddress.Loopback, siloPort, gatewayPort);
    }

    private static HttpPlace? HttpOf(SettingsFound settings, bool isOffByDefault, List<string> mistakes)
    {
        string text = settings.Text(GridSettings.Http, isOffByDefault ? "off" : GridSettings.HttpAddress);
        if (text == "off")
        {
            return null;
        }

        HttpPlace? place = HttpFiles.Open(settings, settings.EndPoints(GridSettings.Http, IPEndPoint.Parse(GridSettings.HttpAddress))[0], mistakes);
        if (place?.Mistake() is { } mistake)
        {
            mistakes.Add($"{settings.Find(GridSettings.Http)?.Origin ?? GridSettings.Http.Key}: {mistake}");
        }

        return place;
    }

    private static int? ThreadsOf(SettingsFound settings, Setting setting) =>
        settings.Has(setting) ? settings.Whole(setting, 1, GridSettings.ThreadsMax, 1) : null;

    private static ProcessorPins? PinsOf(SettingsFound settings)
    {
        if (settings.Find(GridSettings.Processors) is not { } given)
        {
            return null;
        }

        (ProcessorPins? pins, string? remedy) = ProcessorChoice.Read(given.Text);
        if (remedy is not null)
        {
            settings.Mistake(given.Mistake(remedy));
        }

        return pins;
    }

    private static bool IsOrleans => RuntimeName.Short == "orleans";

    private static int? PortOf(string name, int? value, List<string> mistakes)
    {
        if (value is < 1 or > ushort.MaxValue)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; use 1 to {ushort.MaxValue}."));
        }
        else if (value is not null && !IsOrleans)
        {
            mistakes.Add($"{name} is given, but the built-in runtime keeps all silos in one process; leave it out, or use --runtime orleans.");
        }

        return value;
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
