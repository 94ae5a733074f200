using System.Collections.ObjectModel;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Engine;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A grid for a test: silos that start, stop and die at its command, and a client.</summary>
public sealed class InProcessTestCluster : IDisposable, IAsyncDisposable
{
    private const int FirstSiloPort = 20000;
    private const int FirstGatewayPort = 40000;

    private readonly Lock _gate = new();
    private readonly List<InProcessSiloHandle> _silos = [];
    private IHost? _client;
    private int _started;

    internal InProcessTestCluster(InProcessTestClusterOptions options) => Options = options;

    /// <summary>What the grid was made of.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>The silos that were neither stopped nor killed.</summary>
    public ReadOnlyCollection<InProcessSiloHandle> Silos
    {
        get
        {
            lock (_gate)
            {
                return _silos.ToArray().AsReadOnly();
            }
        }
    }

    /// <summary>Calls grains from outside.</summary>
    /// <exception cref="InvalidOperationException">The grid was not deployed, or has been stopped.</exception>
    public IClusterClient Client => _client?.Services.GetRequiredService<IClusterClient>()
        ?? throw new InvalidOperationException("The grid has no client: call DeployAsync first, and not after StopAllSilosAsync.");

    /// <summary>Starts the silos and the client.</summary>
    public async Task DeployAsync()
    {
        if (_silos.Count > 0)
        {
            throw new InvalidOperationException("Cluster host already deployed.");
        }

        await StartSilosAsync(Options.InitialSilosCount);
        if (Options.InitializeClientOnDeploy)
        {
            await InitializeClientAsync();
        }
    }

    /// <summary>Starts the client, anew if there is one.</summary>
    public async Task InitializeClientAsync()
    {
        await StopClusterClientAsync();
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            ApplicationName = "TestClusterClient",
            EnvironmentName = Environments.Development,
            DisableDefaults = true,
        });
        foreach (var configure in Options.ClientHostConfigurationDelegates)
        {
            configure(builder);
        }

        builder.UseOrleansClient(client => client.Configure<ClusterOptions>(SetCluster));
        var host = builder.Build();
        await host.StartAsync();
        _client = host;
    }

    /// <summary>Starts more silos.</summary>
    public async Task<List<InProcessSiloHandle>> StartSilosAsync(int silosToStart)
    {
        var started = new List<InProcessSiloHandle>();
        for (var count = 0; count < silosToStart; count++)
        {
            started.Add(await StartAdditionalSiloAsync());
        }

        return started;
    }

    /// <summary>Starts one more silo.</summary>
    public async Task<InProcessSiloHandle> StartAdditionalSiloAsync()
    {
        var silo = await StartSilo(Interlocked.Increment(ref _started) - 1);
        lock (_gate)
        {
            _silos.Add(silo);
        }

        return silo;
    }

    /// <summary>Stops a silo in good order.</summary>
    public Task StopSiloAsync(InProcessSiloHandle instance) => End(instance, gracefully: true);

    /// <summary>Kills a silo: its grains vanish.</summary>
    public Task KillSiloAsync(InProcessSiloHandle instance) => End(instance, gracefully: false);

    /// <summary>Stops a silo in good order and starts it again, with a new address.</summary>
    public async Task<InProcessSiloHandle?> RestartSiloAsync(InProcessSiloHandle instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        await StopSiloAsync(instance);
        var silo = await StartSilo(instance.InstanceNumber);
        lock (_gate)
        {
            _silos.Add(silo);
        }

        return silo;
    }

    /// <summary>Stops all silos in good order, the client first.</summary>
    public async Task StopAllSilosAsync()
    {
        await StopClusterClientAsync();
        await StopSilosAsync();
    }

    /// <summary>Stops all silos in good order.</summary>
    public async Task StopSilosAsync()
    {
        foreach (var silo in Silos)
        {
            await StopSiloAsync(silo);
        }
    }

    /// <summary>Stops the client.</summary>
    public async Task StopClusterClientAsync()
    {
        if (Interlocked.Exchange(ref _client, null) is { } client)
        {
            await client.StopAsync();
            await Free(client);
        }
    }

    /// <summary>The silos that live.</summary>
    public IEnumerable<InProcessSiloHandle> GetActiveSilos() => Silos.Where(silo => silo.IsActive);

    /// <summary>The living silo of that address, or null.</summary>
    public InProcessSiloHandle? GetSiloForAddress(SiloAddress siloAddress) =>
        GetActiveSilos().FirstOrDefault(silo => silo.SiloAddress.Equals(siloAddress));

    /// <summary>The services of a silo; of any one when none is named.</summary>
    /// <exception cref="ArgumentException">No silo has that address.</exception>
    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null)
    {
        var silos = Silos;
        var found = silo is null
            ? silos[Random.Shared.Next(silos.Count)]
            : silos.FirstOrDefault(other => other.SiloAddress.Equals(silo));
        return found?.ServiceProvider ?? throw new ArgumentException($"The provided silo address '{silo}' is unknown.");
    }

    /// <summary>Returns when every silo knows which silos live; here they always do.</summary>
    public Task WaitForLivenessToStabilizeAsync(bool didKill = false) => Task.CompletedTask;

    /// <summary>Completes when the grain's activation is gone; at once when it has none.</summary>
    public Task WaitForDeactivationAsync(IAddressable grain) => WaitForDeactivationAsync(grain.GetGrainId());

    /// <summary>Completes when the grain's activation is gone; at once when it has none.</summary>
    public Task WaitForDeactivationAsync(GrainId grainId) => Find(grainId)?.Deactivated ?? Task.CompletedTask;

    /// <summary>Ends the grain's activation.</summary>
    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    /// <summary>Ends the grain's activation.</summary>
    public async Task DeactivateAsync(GrainId grainId)
    {
        if (Find(grainId) is { } activation)
        {
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "DeactivateAsync was called."));
            await activation.Deactivated;
        }
    }

    /// <summary>Moves the grain to a silo, or to one that placement chooses.</summary>
    public Task MigrateAsync(IAddressable grain, SiloAddress? targetSilo = null) => MigrateAsync(grain.GetGrainId(), targetSilo);

    /// <summary>Moves the grain to a silo, or to one that placement chooses.</summary>
    public async Task MigrateAsync(GrainId grainId, SiloAddress? targetSilo = null)
    {
        if (Find(grainId) is not { } activation)
        {
            return;
        }

        var context = targetSilo is null
            ? null
            : new Dictionary<string, object> { [Runtime.Placement.IPlacementDirector.PlacementHintKey] = targetSilo };
        if (activation.Silo.Grid.Placer.ChooseForMigration(activation, context) is { } target)
        {
            // Chosen once: the move must go where this choice went.
            activation.Migrate(new Dictionary<string, object> { [Runtime.Placement.IPlacementDirector.PlacementHintKey] = target.SiloAddress });
            await activation.Deactivated;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopClusterClientAsync();
        foreach (var silo in Silos)
        {
            await silo.DisposeAsync();
        }

        lock (_gate)
        {
            _silos.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    private static async Task Free(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }

    private void SetCluster(ClusterOptions options)
    {
        options.ClusterId = Options.ClusterId;
        options.ServiceId = Options.ServiceId;
    }

    private Activation? Find(GrainId grainId) =>
        Silos.FirstOrDefault()?.ServiceProvider.GetRequiredService<SiloRuntime>().Grid.Directory.Lookup(grainId);

    private async Task<InProcessSiloHandle> StartSilo(int number)
    {
        var specific = new InProcessTestSiloSpecificOptions
        {
            SiloName = $"Silo_{number}",
            SiloPort = FirstSiloPort + number,
            GatewayPort = FirstGatewayPort + number,
        };
        var host = await Task.Run(async () =>
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
            {
                ApplicationName = specific.SiloName,
                EnvironmentName = Environments.Development,
                DisableDefaults = true,
            });
            foreach (var configure in Options.SiloHostConfigurationDelegates)
            {
                configure(specific, builder);
            }

            builder.UseOrleans(silo => silo
                .Configure<ClusterOptions>(SetCluster)
                .Configure<SiloOptions>(options => options.SiloName = specific.SiloName)
                .Configure<EndpointOptions>(options =>
                {
                    options.AdvertisedIPAddress = IPAddress.Loopback;
                    options.SiloPort = specific.SiloPort;
                    options.GatewayPort = specific.GatewayPort;
                }));
            var built = builder.Build();
            await built.StartAsync();
            return built;
        });
        var details = host.Services.GetRequiredService<ILocalSiloDetails>();
        return new InProcessSiloHandle
        {
            Name = specific.SiloName,
            InstanceNumber = (short)number,
            SiloHost = host,
            SiloAddress = details.SiloAddress,
            GatewayAddress = details.GatewayAddress,
        };
    }

    private async Task End(InProcessSiloHandle silo, bool gracefully)
    {
        ArgumentNullException.ThrowIfNull(silo);
        try
        {
            await silo.StopSiloAsync(gracefully);
        }
        finally
        {
            await silo.DisposeAsync();
        }

        lock (_gate)
        {
            _silos.Remove(silo);
        }
    }
}
