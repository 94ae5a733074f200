using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Orleans.TestingHost;

/// <summary>Sets up a grid for a test: some silos and a client, in this process.</summary>
public sealed class InProcessTestClusterBuilder
{
    /// <summary>A grid of two silos.</summary>
    public InProcessTestClusterBuilder()
        : this(2)
    {
    }

    /// <summary>A grid of that many silos.</summary>
    public InProcessTestClusterBuilder(short initialSilosCount) => Options = new InProcessTestClusterOptions
    {
        InitialSilosCount = initialSilosCount,
        ClusterId = CreateClusterId(),
        ServiceId = Guid.NewGuid().ToString("N"),
        InitializeClientOnDeploy = true,
    };

    /// <summary>What the grid will be.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>A name no other grid has.</summary>
    public static string CreateClusterId() => $"testcluster-{Guid.NewGuid():N}";

    /// <summary>Sets up the hosts of all silos and of the client.</summary>
    public InProcessTestClusterBuilder ConfigureHost(Action<IHostApplicationBuilder> configureDelegate)
    {
        Options.SiloHostConfigurationDelegates.Add((_, builder) => configureDelegate(builder));
        Options.ClientHostConfigurationDelegates.Add(configureDelegate);
        return this;
    }

    /// <summary>Sets up each silo.</summary>
    public InProcessTestClusterBuilder ConfigureSilo(Action<InProcessTestSiloSpecificOptions, ISiloBuilder> configureSiloDelegate)
    {
        Options.SiloHostConfigurationDelegates.Add((options, host) => host.UseOrleans(silo => configureSiloDelegate(options, silo)));
        return this;
    }

    /// <summary>Sets up the host of each silo.</summary>
    public InProcessTestClusterBuilder ConfigureSiloHost(Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder> configureSiloHostDelegate)
    {
        Options.SiloHostConfigurationDelegates.Add(configureSiloHostDelegate);
        return this;
    }

    /// <summary>Sets up the client.</summary>
    public InProcessTestClusterBuilder ConfigureClient(Action<IClientBuilder> configureClientDelegate)
    {
        Options.ClientHostConfigurationDelegates.Add(host => host.UseOrleansClient(configureClientDelegate));
        return this;
    }

    /// <summary>Sets up the host of the client.</summary>
    public InProcessTestClusterBuilder ConfigureClientHost(Action<IHostApplicationBuilder> configureHostDelegate)
    {
        Options.ClientHostConfigurationDelegates.Add(configureHostDelegate);
        return this;
    }

    /// <summary>The grid, not started yet.</summary>
    public InProcessTestCluster Build() => new(Options);
}

/// <summary>What a test grid is made of.</summary>
public sealed class InProcessTestClusterOptions
{
    /// <summary>The cluster.</summary>
    public string ClusterId { get; set; } = null!;

    /// <summary>The service.</summary>
    public string ServiceId { get; set; } = null!;

    /// <summary>Whether the client starts with the silos.</summary>
    public bool InitializeClientOnDeploy { get; set; }

    /// <summary>Silos at the start.</summary>
    public short InitialSilosCount { get; set; }

    /// <summary>What sets up silo hosts, in order.</summary>
    public List<Action<InProcessTestSiloSpecificOptions, IHostApplicationBuilder>> SiloHostConfigurationDelegates { get; } = [];

    /// <summary>What sets up the client host, in order.</summary>
    public List<Action<IHostApplicationBuilder>> ClientHostConfigurationDelegates { get; } = [];
}

/// <summary>What is particular to one silo.</summary>
public sealed class InProcessTestSiloSpecificOptions
{
    /// <summary>The port that names it.</summary>
    public int SiloPort { get; set; }

    /// <summary>The port clients name.</summary>
    public int GatewayPort { get; set; }

    /// <summary>Its name.</summary>
    public string SiloName { get; set; } = null!;
}
