using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansSgd.Data;
using OrleansSgd.Grains;

namespace OrleansSgd.Silo;

/// <summary>Some silos in this process, on loopback: what <c>grid train</c> runs on.</summary>
public sealed class LocalGrid : IAsyncDisposable
{
    private readonly List<IHost> _hosts;

    private LocalGrid(List<IHost> hosts, string cluster)
    {
        _hosts = hosts;
        Cluster = cluster;
    }

    /// <summary>Names this grid among all that live in the process; traces tell their jobs apart by it.</summary>
    public string Cluster { get; }

    /// <summary>Makes calls to grains from outside.</summary>
    public IGrainFactory Grains => _hosts[0].Services.GetRequiredService<IGrainFactory>();

    /// <summary>Starts the silos.</summary>
    /// <param name="siloCount">1 to 64.</param>
    /// <param name="configure">Changes the options of every silo.</param>
    /// <param name="logging">Adds loggers; by default there are none.</param>
    /// <param name="data">Data sets the caller has open; the silos share them.</param>
    public static async Task<LocalGrid> StartAsync(
        int siloCount, Action<GridOptions> configure, Action<ILoggingBuilder>? logging = null,
        DataCache? data = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(siloCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(siloCount, 64);
        data ??= new DataCache();
        int[] ports = FreePorts(siloCount * 2);
        var primary = new IPEndPoint(IPAddress.Loopback, ports[0]);
        string cluster = $"local-{ports[0]}";
        var hosts = new List<IHost>();
        try
        {
            for (int i = 0; i < siloCount; i++)
            {
                int silo = i;
                HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
                logging?.Invoke(builder.Logging);
                builder.UseOrleans(orleans => orleans
                    .UseLocalhostClustering(
                        ports[2 * silo], ports[(2 * silo) + 1], primary, "orleans-sgd", cluster)
                    .AddGrid(configure, data));
                IHost host = builder.Build();
                hosts.Add(host);
                await host.StartAsync(cancellation);
            }
        }
        catch
        {
            await StopAsync(hosts);
            throw;
        }

        return new LocalGrid(hosts, cluster);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync(_hosts);

    // The primary goes last: on the real runtime it holds the membership the others say goodbye to.
    private static async Task StopAsync(List<IHost> hosts)
    {
        for (int i = hosts.Count - 1; i >= 0; i--)
        {
            await hosts[i].StopAsync();
            hosts[i].Dispose();
        }

        hosts.Clear();
    }

    private static int[] FreePorts(int count)
    {
        var sockets = new List<Socket>();
        try
        {
            for (int i = 0; i < count; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            }

            return [.. sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }
}
