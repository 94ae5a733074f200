using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>Clustering and tracing of a silo.</summary>
public static class CoreHostingExtensions
{
    /// <summary>Traces calls to and from this silo, under the sources Microsoft.Orleans.Application and Microsoft.Orleans.Runtime.</summary>
    public static ISiloBuilder AddActivityPropagation(this ISiloBuilder builder) =>
        builder.ConfigureServices(services => services.AddSingleton<Engine.ActivityPropagation>());

    /// <summary>Keeps activations when a silo dies that held their entries of the grain directory. Here no silo holds entries: without effect.</summary>
    [Experimental("ORLEANSEXP003")]
    public static ISiloBuilder AddDistributedGrainDirectory(this ISiloBuilder siloBuilder, string? name = null) => siloBuilder;

    /// <summary>Joins the grid of the silos on this machine (here: in this process) that name the same primary silo.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="siloPort">The port that names this silo in its grid.</param>
    /// <param name="gatewayPort">The loopback port that clients of other processes name; 0 for none.</param>
    /// <param name="primarySiloEndpoint">The primary silo; this one when null.</param>
    /// <param name="serviceId">The service.</param>
    /// <param name="clusterId">The cluster.</param>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
        int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = "dev",
        string clusterId = "dev") => builder
            .ConfigureServices(services => services.AddSingleton<Engine.ListensForClients>())
            .Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = IPAddress.Loopback;
                options.SiloPort = siloPort;
                options.GatewayPort = gatewayPort;
            })
            .Configure<DevelopmentClusterMembershipOptions>(options =>
                options.PrimarySiloEndpoint = primarySiloEndpoint ?? new IPEndPoint(IPAddress.Loopback, siloPort))
            .Configure<ClusterOptions>(options =>
            {
                options.ServiceId = serviceId;
                options.ClusterId = clusterId;
            });
}
