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
        var gateway = services.GetService<ClientGateway>();
        return gateway is null ? Grid.Named(Of(cluster, "")) : Grid.WithGateway(gateway.Port, cluster.ClusterId);
    }

    private static string Of(ClusterOptions cluster, string primary) => $"{cluster.ClusterId}/{cluster.ServiceId}/{primary}";
}

/// <summary>The gateway port a client was given.</summary>
internal sealed record ClientGateway(int Port);

/// <summary>Registered when calls are to be traced.</summary>
internal sealed class ActivityPropagation;
