using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using OrleansSgd.Cluster.Tests.Conformance.Grains;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>Two silos and a client that tests share; such tests neither stop nor kill.</summary>
public sealed class GridFixture : IAsyncLifetime
{
    public InProcessTestCluster Grid { get; } = new InProcessTestClusterBuilder(2).Build();

    public SiloAddress First => Grid.Silos[0].SiloAddress;

    public SiloAddress Second => Grid.Silos[1].SiloAddress;

    public IGrainFactory FirstFactory => Grid.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>();

    public IGrainFactory SecondFactory => Grid.Silos[1].ServiceProvider.GetRequiredService<IGrainFactory>();

    public Task InitializeAsync() => Grid.DeployAsync();

    public async Task DisposeAsync() => await Grid.DisposeAsync();

    public IProbeGrain Probe(string key) => Grid.Client.GetGrain<IProbeGrain>(key);
}

/// <summary>Tests that share <see cref="GridFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedGrid : ICollectionFixture<GridFixture>
{
    public const string Name = "shared grid";
}
