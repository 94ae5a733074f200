using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Data;
using OrleansSgd.Grains;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Silo.Clustering;

namespace OrleansSgd.Silo;

/// <summary>Some silos in this process, on loopback, that come and go: what <c>grid train</c> and <c>grid chaos</c> run on.</summary>
/// <remarks>Any thread may call anything. Changes of one silo do not wait for those of another: a silo can be killed while it leaves.</remarks>
public sealed partial class LocalGrid : IAsyncDisposable
{
    /// <summary>Most silos at a time.</summary>
    public const int SilosMax = 64;

    // One door for clients is enough for the silos of a process; a grid of this process alone needs none.
    private const int GatewayOff = 0;

    private static int _started;

    private readonly Lock _gate = new();
    private readonly List<LocalHost> _hosts = []; // ascending by number
    private readonly HashSet<int> _starting = [];
    private readonly HashSet<int> _ports = [];
    private readonly SemaphoreSlim _scaling = new(1);
    private readonly Action<GridOptions> _configure;
    private readonly Action<ILoggingBuilder>? _logging;
    private readonly DataCache _data;
    private readonly IPEndPoint _primary;
    private readonly GridPlace? _place;
    private readonly IGridClustering _clustering;

    private readonly bool _isJoining;
    private Action<IServiceCollection>? _services;

    private LocalGrid(Action<GridOptions> configure, Action<ILoggingBuilder>? logging, DataCache data, GridMeeting? meeting, GridPlace? place)
    {
        _place = place;
        _configure = configure;
        _logging = logging;
        _data = data;
        _isJoining = meeting is { IsJoining: true };
        _primary = new IPEndPoint(IPAddress.Loopback, meeting?.Port ?? FreePort());
        if (!_isJoining)
        {
            _ports.Add(_primary.Port);
        }

        if (place is not null)
        {
            _ports.UnionWith([place.SiloPort, place.GatewayPort]);
        }

        // Ports come again, and with them would the store of a grid that has gone. Processes that meet must agree, and name a store of their own.
        Cluster = place is not null ? place.Cluster
            : meeting is null ? string.Create(null, $"local-{_primary.Port}-{Interlocked.Increment(ref _started)}")
            : string.Create(null, $"meeting-{_primary.Port}");
        _clustering = place?.Clustering ?? new LocalClustering(_primary, Cluster);
    }

    /// <summary>Names this grid among all that live in the process; traces tell their jobs apart by it.</summary>
    public string Cluster { get; }

    /// <summary>Makes calls to grains from outside, through a silo that lives now. Asked anew after a silo has gone: calls through a dead one fail.</summary>
    /// <exception cref="InvalidOperationException">No silo lives.</exception>
    public IGrainFactory Grains
    {
        get
        {
            lock (_gate)
            {
                return (_hosts.Find(host => host.State == LocalSiloState.Active) ?? _hosts.Find(host => host.State == LocalSiloState.Leaving))?.Grains
                    ?? throw new InvalidOperationException($"No silo of {Cluster} lives; add one first.");
            }
        }
    }

    /// <summary>The silos that run, in the order of their numbers.</summary>
    public IReadOnlyList<LocalSilo> Silos
    {
        get
        {
            lock (_gate)
            {
                return [.. _hosts.Select(host => host.ToSilo())];
            }
        }
    }

    /// <summary>Where the jobs are kept; null for nowhere, and when no silo lives.</summary>
    public ICheckpointStore? Store
    {
        get
        {
            lock (_gate)
            {
                return _hosts.FirstOrDefault()?.Services.GetRequiredService<CheckpointPort>().Store;
            }
        }
    }

    /// <summary>True when <see cref="Partition"/> works on this runtime.</summary>
    public bool CanPartition
    {
        get
        {
            lock (_gate)
            {
                return _hosts.Exists(host => SiloFaults.CanPartition(host.Services));
            }
        }
    }

    /// <summary>Starts the silos.</summary>
    /// <param name="siloCount">1 to <see cref="SilosMax"/>.</param>
    /// <param name="configure">Changes the options of every silo, also of those that come later.</param>
    /// <param name="logging">Adds loggers; by default there are none.</param>
    /// <param name="data">Data sets the caller has open; the silos share them.</param>
    /// <param name="meeting">Where silos of several processes of this machine meet; null for a grid of this process alone.</param>
    /// <param name="place">Where the silos belong when other processes have silos or clients of the same grid; null for a grid of this one alone.</param>
    /// <param name="services">Adds services to every silo.</param>
    public static async Task<LocalGrid> StartAsync(
        int siloCount, Action<GridOptions> configure, Action<ILoggingBuilder>? logging = null,
        DataCache? data = null, GridMeeting? meeting = null, GridPlace? place = null, Action<IServiceCollection>? services = null,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(siloCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(siloCount, SilosMax);
        var grid = new LocalGrid(configure, logging, data ?? new DataCache(), meeting, place) { _services = services };
        try
        {
            for (int i = 0; i < siloCount; i++)
            {
                await grid.AddSiloAsync(cancellation: cancellation);
            }
        }
        catch
        {
            await grid.DisposeAsync();
            throw;
        }

        return grid;
    }

    /// <summary>Stops every silo in good order. Nothing is handed over: nobody is left who could take it.</summary>
    public async ValueTask DisposeAsync()
    {
        // The first goes last: on the real runtime it holds the membership the others say goodbye to.
        while (TakeLast() is { } host)
        {
            if (host.State == LocalSiloState.Partitioned)
            {
                await host.CrashAsync();
            }
            else
            {
                host.Drain.Skip();
                await host.StopAsync();
            }
        }

        _scaling.Dispose();
    }

    private LocalHost? TakeLast()
    {
        lock (_gate)
        {
            LocalHost? last = _hosts.Count == 0 ? null : _hosts[^1];
            _ = last is not null && _hosts.Remove(last);
            return last;
        }
    }

    private async Task<LocalHost> StartHostAsync(int index, CancellationToken cancellation)
    {
        SiloPlace at = PlaceOf(index);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        _logging?.Invoke(builder.Logging);
        builder.UseOrleans(orleans =>
        {
            _clustering.Join(orleans, at);
            _services?.Invoke(orleans.Services);
            orleans.Services.AddSingleton(ScalingPort());
            orleans
                .Configure<SiloOptions>(options => options.SiloName = LocalHost.NameOf(index))

                // With the older directory, a silo that dies takes along activations elsewhere whose entries it held: a worker and its keeper at once.
                .AddDistributedGrainDirectory()
                .AddGrid(
                    options =>
                    {
                        // Kept beside the silos, so that a job outlives the one that hosts its coordinator.
                        options.Store = $"memory:{Cluster}";
                        _configure(options);
                    },
                    _data);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            return new LocalHost(index, host);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    // The first silo listens where the configuration says, or at the primary's port; whoever comes later takes free ports.
    private SiloPlace PlaceOf(int index)
    {
        if (_place is { } place)
        {
            return index == 0
                ? new(place.Address, place.SiloPort, place.GatewayPort)
                : new(place.Address, FreePort(), GatewayOff);
        }

        int port = index == 0 && _ports.Count == 1 && !_isJoining ? _primary.Port : FreePort();
        return new(IPAddress.Loopback, port, GatewayOff);
    }

    // Never the same twice: where nothing listens, the system would give it again.
    private int FreePort()
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            lock (_gate)
            {
                if (_ports.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
