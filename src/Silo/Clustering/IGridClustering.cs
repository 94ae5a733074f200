using System.Net;

namespace OrleansSgd.Silo.Clustering;

/// <summary>How the silos of one grid find each other, and how clients find them.</summary>
public interface IGridClustering
{
    /// <summary>As the configuration has it: <c>local</c> or <c>azure-table</c>.</summary>
    string Name { get; }

    /// <summary>Makes a silo part of the grid.</summary>
    /// <param name="silo">The silo being built.</param>
    /// <param name="place">Where it listens.</param>
    void Join(ISiloBuilder silo, SiloPlace place);

    /// <summary>Makes a client reach the grid.</summary>
    /// <param name="client">The client being built.</param>
    void Reach(IClientBuilder client);
}

/// <summary>Where one silo listens.</summary>
/// <param name="Address">The address by which the others reach it.</param>
/// <param name="SiloPort">The port for other silos: 1 to 65535.</param>
/// <param name="GatewayPort">The port for clients: 1 to 65535, or 0 for none.</param>
public sealed record SiloPlace(IPAddress Address, int SiloPort, int GatewayPort);
