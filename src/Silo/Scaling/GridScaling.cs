using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansSgd.Core.Scaling;

namespace OrleansSgd.Silo.Scaling;

/// <summary>A running <see cref="Autoscaler"/> and, where a port is configured, its <see cref="ScalingEndpoint"/>.</summary>
public sealed class GridScaling : IAsyncDisposable
{
    private readonly Autoscaler _autoscaler;
    private readonly ScalingEndpoint? _endpoint;

    private GridScaling(Autoscaler autoscaler, ScalingEndpoint? endpoint)
    {
        _autoscaler = autoscaler;
        _endpoint = endpoint;
    }

    /// <summary>Where the endpoint answers; null when there is none.</summary>
    public Uri? Address => _endpoint?.Address;

    /// <summary>The newest decision; null before the first.</summary>
    public ScalingDecision? Latest => _autoscaler.Latest;

    /// <summary>Starts both.</summary>
    /// <param name="grains">The way to the grid as it is now.</param>
    /// <param name="actuate">Gives the grid so many silos, as <c>LocalGrid.ScaleToAsync</c> does; null where whoever asks the endpoint does it.</param>
    /// <param name="time">The system's clock when null.</param>
    /// <param name="log">Is told of changes; nobody is when null.</param>
    /// <exception cref="ArgumentException">The options have mistakes; the message has them all.</exception>
    /// <exception cref="IOException">The port cannot be had.</exception>
    public static async Task<GridScaling> StartAsync(
        Func<IGrainFactory> grains, ScalingOptions options, Func<int, Task>? actuate = null,
        TimeProvider? time = null, ILogger? log = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var autoscaler = new Autoscaler(grains, options, time ?? TimeProvider.System, log ?? NullLogger.Instance, actuate);
        try
        {
            ScalingEndpoint? endpoint = options.Port is { } port
                ? await ScalingEndpoint.StartAsync(IPAddress.Parse(options.Address), port, () => autoscaler.Latest, cancellation)
                : null;
            await autoscaler.StartAsync(cancellation);
            return new GridScaling(autoscaler, endpoint);
        }
        catch
        {
            autoscaler.Dispose();
            throw;
        }
    }

    /// <summary>Stops asking first, so that no silo comes or goes any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _autoscaler.StopAsync(CancellationToken.None);
        _autoscaler.Dispose();
        if (_endpoint is not null)
        {
            await _endpoint.DisposeAsync();
        }
    }
}
