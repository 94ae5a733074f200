using System.Net;
using Orleans.Configuration;

namespace OrleansSgd.Silo.Clustering;

/// <summary>Silos of one machine: the first keeps the membership, and everybody knows its port.</summary>
/// <param name="primary">Where the first silo listens for others; null when only <see cref="Reach"/> is called.</param>
/// <param name="cluster">Names the grid; all its silos and clients say the same.</param>
/// <param name="gatewayPort">Where clients connect; null when only <see cref="Join"/> is called.</param>
public sealed class LocalClustering(IPEndPoint? primary, string cluster, int? gatewayPort = null) : IGridClustering
{
    /// <summary>The value of <see cref="Name"/>.</summary>
    public const string Kind = "local";

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public void Join(ISiloBuilder silo, SiloPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        silo.UseLocalhostClustering(place.SiloPort, place.GatewayPort, primary, GridClusterings.Service, cluster);
        if (!IPAddress.IsLoopback(place.Address))
        {
            silo.Configure<EndpointOptions>(options => options.AdvertisedIPAddress = place.Address);
        }
    }

    /// <inheritdoc/>
    public void Reach(IClientBuilder client) => client.UseLocalhostClustering(
        gatewayPort ?? EndpointOptions.DEFAULT_GATEWAY_PORT, GridClusterings.Service, cluster);
}
