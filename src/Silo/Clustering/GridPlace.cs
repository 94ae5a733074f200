using System.Net;

namespace OrleansSgd.Silo.Clustering;

/// <summary>Where the silos of this process belong.</summary>
/// <param name="Clustering">How they find the others.</param>
/// <param name="Cluster">Names the grid.</param>
/// <param name="Address">The address by which others reach this machine.</param>
/// <param name="SiloPort">The first silo's port for other silos; further silos of this process take free ones.</param>
/// <param name="GatewayPort">The first silo's port for clients.</param>
public sealed record GridPlace(IGridClustering Clustering, string Cluster, IPAddress Address, int SiloPort, int GatewayPort);
