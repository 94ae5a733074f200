using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Engine;

/// <summary>Which grid a host belongs to: hosts that name the same primary silo, service and cluster belong together.</summary>
internal static class GridNames
{
    public static string OfSilo(IServiceProvider services)
    {
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        var primary = services.GetRequiredService<IOptions<DevelopmentClusterMembershipOptions>>().Value.PrimarySiloEndpoint;
        return Of(cluster, primary?.ToString() ?? "");
    }

    public static Grid OfClient(IServiceProvider services)
    {
        var cluster = services.GetRequiredService<IOptions<ClusterOptions>>().Value;
        var gateways = services.GetService<ClientGateways>();
        return Grid.Named(Of(cluster, gateways is null ? "" : $"gateway {string.Join(' ', gateways.Endpoints)}"));
    }

    private static string Of(ClusterOptions cluster, string primary) => $"{cluster.ClusterId}/{cluster.ServiceId}/{primary}";
}

/// <summary>The gateways a client was given: its grid is in another process, or might be.</summary>
internal sealed record ClientGateways(IReadOnlyList<System.Net.IPEndPoint> Endpoints);

/// <summary>Registered when a silo is to serve clients of other processes.</summary>
internal sealed class ListensForClients;

/// <summary>Registered when calls are to be traced.</summary>
internal sealed class ActivityPropagation;
