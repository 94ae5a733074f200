using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Messaging;
using OrleansSgd.Storage.Tables;

namespace OrleansSgd.Silo.Clustering;

/// <summary>Silos of any machines: they write who they are in a table of Azure Storage, and read there who the others are.</summary>
/// <remarks>No silo is the first and none must live. Microsoft Orleans only: the built-in runtime has no network between silos.</remarks>
/// <param name="connection">Connection string of the storage account; a secret.</param>
/// <param name="cluster">Names the grid, and its document in the table.</param>
/// <param name="time">The clock that requests are dated with; the system's when null.</param>
public sealed class TableClustering(string connection, string cluster, TimeProvider? time = null) : IGridClustering
{
    /// <summary>The value of <see cref="Name"/>.</summary>
    public const string Kind = "azure-table";

    /// <summary>The table, made by the first silo.</summary>
    public const string Table = "OrleansSgdMembership";

    /// <inheritdoc/>
    public string Name => Kind;

    /// <inheritdoc/>
    public void Join(ISiloBuilder silo, SiloPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        silo.Configure<ClusterOptions>(NameGrid).Configure<EndpointOptions>(options =>
        {
            options.AdvertisedIPAddress = place.Address;
            options.SiloPort = place.SiloPort;
            options.GatewayPort = place.GatewayPort;
        });
        silo.Services.AddSingleton<IMembershipTable>(_ => new TableMembership(Document()));
    }

    /// <inheritdoc/>
    public void Reach(IClientBuilder client)
    {
        client.Configure<ClusterOptions>(NameGrid);
        client.Services.AddSingleton<IGatewayListProvider>(_ => new TableGateways(Document()));
    }

    private TableDocument Document() => new(connection, Table, cluster, time);

    private void NameGrid(ClusterOptions options)
    {
        options.ServiceId = GridClusterings.Service;
        options.ClusterId = cluster;
    }
}
