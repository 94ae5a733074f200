using System.Globalization;
using System.Net;
using Orleans.Configuration;
using OrleansSgd.Client.Settings;
using OrleansSgd.Silo.Clustering;

namespace OrleansSgd.Client.Running;

/// <summary>Which grid a client talks to, and how it finds it.</summary>
/// <param name="Cluster">Names the grid.</param>
/// <param name="Where">For people: addresses, or what has them.</param>
/// <param name="Reach">Makes a client find it.</param>
internal sealed record ClientPlace(string Cluster, string Where, Action<IClientBuilder> Reach)
{
    /// <summary>The place that the settings name.</summary>
    public static ClientPlace Of(SettingsFound settings, List<string> mistakes)
    {
        int port = settings.Whole(GridSettings.OwnGatewayPort, 1, ushort.MaxValue, GridSettings.GatewayPort);
        IReadOnlyList<IPEndPoint> gateways = settings.EndPoints(GridSettings.Gateway, new IPEndPoint(IPAddress.Loopback, port));
        string cluster = settings.Text(GridSettings.Cluster, ClusterAt(gateways[0].Port));
        string clustering = settings.Text(GridSettings.Clustering, LocalClustering.Kind);
        string? connection = settings.Find(GridSettings.ClusteringConnection)?.Text ?? settings.Content(GridSettings.ClusteringConnectionFile);
        if (GridClusterings.Mistake(clustering, cluster, connection, RuntimeName.Short == "orleans") is { } mistake)
        {
            mistakes.Add(mistake);
        }

        return clustering == TableClustering.Kind && !settings.Has(GridSettings.Gateway) && connection is not null && mistakes.Count == 0
            ? new ClientPlace(cluster, "the table of its cluster", new TableClustering(connection, cluster).Reach)
            : new ClientPlace(cluster, string.Join(", ", gateways), client => client.UseStaticClustering([.. gateways]).Configure<ClusterOptions>(options =>
            {
                options.ClusterId = cluster;
                options.ServiceId = GridClusterings.Service;
            }));
    }

    /// <summary>What a grid is called when nobody names it: silos and clients that agree on the port agree on the name.</summary>
    public static string ClusterAt(int gatewayPort) => string.Create(CultureInfo.InvariantCulture, $"grid-{gatewayPort}");
}
