using System.Globalization;
using OrleansSgd.Deployment.Tests.Compose;
using OrleansSgd.Deployment.Tests.Texts;
using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Running;

/// <summary>The services of the compose file as plain processes of this machine: their commands, health checks and variables as the file has them.</summary>
/// <remarks>
/// What differs is written down here, and nothing else: folders lie below a temporary one, services answer on loopback, and each has ports of its
/// own.
/// </remarks>
internal sealed class ComposedGrid(string folder, string azurite) : IAsyncDisposable
{
    private static readonly TimeSpan HealthMax = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan HealthPeriod = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyDictionary<string, Node> _services = Node.Read(Checkout.Read("docker-compose.yml")).FieldsOf("services");
    private readonly List<ComposedProcess> _processes = [];
    private readonly Dictionary<string, string> _storagePorts = NamedPorts("10000", "10002");

    /// <summary>The services in the order in which an engine starts them: those that others depend on first.</summary>
    public IReadOnlyList<string> Order
    {
        get
        {
            var order = new List<string>();
            void Add(string service)
            {
                foreach (string before in _services[service].FieldsOf("depends_on").Keys)
                {
                    Add(before);
                }

                if (!order.Contains(service))
                {
                    order.Add(service);
                }
            }

            foreach (string service in _services.Keys)
            {
                Add(service);
            }

            return order;
        }
    }

    /// <summary>The ports of a silo, by the variable that says them.</summary>
    public static Dictionary<string, string> SiloPorts() => NamedPorts("GRID_SILO_PORT", "GRID_GATEWAY_PORT", "GRID_HTTP");

    /// <summary>Starts a service.</summary>
    /// <param name="arguments">Behind the command; null for those of the file.</param>
    /// <param name="ports">Of a silo.</param>
    /// <param name="changed">Variables that differ from the file.</param>
    public ComposedProcess Start(
        string service, IReadOnlyList<string>? arguments = null, Dictionary<string, string>? ports = null, Dictionary<string, string>? changed = null)
    {
        Node node = _services[service];
        string[] entry = [.. Words(node, "entrypoint")];
        string[] program = entry.Length > 0 ? entry : service == "azurite" ? [] : ["/app/grid"];
        ComposedProcess process = ComposedProcess.Start(
            service, folder, Here([.. program, .. arguments ?? [.. Words(node, "command")]]), Environment(node, ports, changed));
        _processes.Add(process);
        return process;
    }

    /// <summary>Asks a service's health check until it is content.</summary>
    public async Task HealthyAsync(
        string service, ComposedProcess process, Dictionary<string, string>? ports = null, Dictionary<string, string>? changed = null)
    {
        string[] check = [.. Words(_services[service], "healthcheck/test").Skip(1)];
        using var limit = new CancellationTokenSource(HealthMax);
        using var timer = new PeriodicTimer(HealthPeriod);
        while (true)
        {
            await using ComposedProcess asked = ComposedProcess.Start(
                $"{service}'s check", folder, Here(check), Environment(_services[service], ports, changed));
            if (await asked.EndAsync(HealthMax) == 0)
            {
                return;
            }

            Assert.False(process.HasEnded, $"{service} ended: {process.Said}");
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{service} was not healthy within {HealthMax}; its check says {asked.Said}; it said:\n{process.Said}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ComposedProcess process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }
    }

    private static Dictionary<string, string> NamedPorts(params string[] names) =>
        names.Zip(FreePorts.Of(names.Length)).ToDictionary(pair => pair.First, pair => pair.Second.ToString(CultureInfo.InvariantCulture));

    private static IEnumerable<string> Words(Node node, string path) => node.ItemsOf(path).OfType<Scalar>().Select(word => word.Value);

    private string[] Here(IEnumerable<string> command) => [.. command.SelectMany(word => word switch
    {
        "/app/grid" => (string[])["dotnet", Path.Combine(AppContext.BaseDirectory, "grid.dll")],
        "azurite" => ["node", azurite],
        "/usr/local/share/grid/make-secrets.sh" => [RepositoryRoot.PathOf("infra/make-secrets.sh")],
        _ => [Here(word)],
    })];

    private string Here(string text)
    {
        string here = text.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("http://azurite:", "http://127.0.0.1:", StringComparison.Ordinal);
        foreach ((string port, string free) in _storagePorts)
        {
            here = here.Replace(port, free, StringComparison.Ordinal);
        }

        foreach (string path in (string[])["/run/grid", "/var/lib/azurite", "/var/lib/grid"])
        {
            here = here == path || here.StartsWith(path + "/", StringComparison.Ordinal) ? folder + here : here;
        }

        return here;
    }

    private Dictionary<string, string> Environment(Node node, Dictionary<string, string>? ports, Dictionary<string, string>? changed)
    {
        Dictionary<string, string> environment = ComposeRules.Environment(node).ToDictionary(entry => entry.Key, entry => Here(entry.Value));
        environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT"); // no collector runs here

        // What the image sets.
        environment["GRID_DATA"] = environment["GRID_JOB_ROOTS"] = Here("/var/lib/grid/data");
        foreach ((string variable, string port) in ports ?? [])
        {
            environment[variable] = variable == "GRID_HTTP" ? $"127.0.0.1:{port}" : port;
        }

        // The name of a test's machine may stand for an address that nothing listens on.
        _ = environment.ContainsKey("GRID_ADDRESS") ? environment["GRID_ADDRESS"] = "127.0.0.1" : null;
        foreach ((string variable, string value) in changed ?? [])
        {
            environment[variable] = value;
        }

        return environment;
    }
}
