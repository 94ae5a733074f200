using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace OrleansSgd.Client.Running;

/// <summary>A client of a grid in other processes. Calls find their way again by themselves when the connection was lost.</summary>
internal sealed class GridConnection : IAsyncDisposable
{
    /// <summary>A call that takes longer has failed; above what a silo itself waits.</summary>
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(10);

    // A grid that is up answers within a second.
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(15);

    private readonly IHost _host;

    private GridConnection(IHost host) => _host = host;

    /// <summary>The way to the grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Connects.</summary>
    /// <returns>The connection, or why there is none.</returns>
    public static async Task<(GridConnection? Connection, Failure? Failure)> OpenAsync(
        ClientPlace place, TimeProvider time, CancellationToken interrupted)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client =>
        {
            place.Reach(client);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        });
        IHost host = builder.Build();
        try
        {
            await host.StartAsync(interrupted).WaitAsync(ConnectMax, time, interrupted);
            return (new GridConnection(host), null);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            await FreeAsync(host);
            throw;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Each runtime has errors of its own for a grid that is not there.
            await FreeAsync(host);
            return (null, Unreachable(place, error));
        }
    }

    /// <summary>The failure that a grid is which does not answer.</summary>
    public static Failure Unreachable(ClientPlace place, Exception error) => new(
        ExitCodes.Unreachable,
        $"Grid {place.Cluster} at {place.Where} does not answer: {error.Message.TrimEnd('.')}.",
        "Start one with 'grid silo --store DIR', or name the one you mean with --gateway HOST:PORT and --cluster NAME.");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _host.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // There is nothing to wait for: the grid knows of no client.
        }

        await FreeAsync(_host);
    }

    private static async ValueTask FreeAsync(IHost host)
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
}
