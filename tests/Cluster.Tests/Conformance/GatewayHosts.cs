using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Conformance;

/// <summary>A silo that serves clients over the loopback network, and hosts that are such clients, as other processes would be.</summary>
public sealed class GatewayHosts : IAsyncLifetime
{
    private const string Service = "gateway-tests";

    private readonly List<IHost> _clients = [];
    private IHost? _silo;

    public int GatewayPort { get; } = FreePorts.One();

    public string Cluster { get; } = $"gateway-{Guid.NewGuid():N}";

    public IGrainFactory Client => _clients[0].Services.GetRequiredService<IClusterClient>();

    public IGrainFactory Inside => _silo!.Services.GetRequiredService<IGrainFactory>();

    public async Task InitializeAsync()
    {
        await StartSiloAsync();
        await ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.StopAsync();
            client.Dispose();
        }

        await StopSiloAsync();
    }

    public async Task StartSiloAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleans(silo => silo.UseLocalhostClustering(FreePorts.One(), GatewayPort, null, Service, Cluster));
        _silo = builder.Build();
        await _silo.StartAsync();
    }

    public async Task StopSiloAsync()
    {
        if (_silo is { } silo)
        {
            _silo = null;
            await silo.StopAsync();
            silo.Dispose();
        }
    }

    /// <summary>Another client.</summary>
    public async Task<IGrainFactory> ConnectAsync(string? cluster = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client
            .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, GatewayPort))
            .Configure<ClusterOptions>(options =>
            {
                options.ClusterId = cluster ?? Cluster;
                options.ServiceId = Service;
            })
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(20)));
        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        _clients.Add(host);
        return host.Services.GetRequiredService<IClusterClient>();
    }
}
