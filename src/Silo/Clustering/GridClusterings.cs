using OrleansSgd.Storage.Tables;

namespace OrleansSgd.Silo.Clustering;

/// <summary>The ways of clustering that a configuration can name.</summary>
public static class GridClusterings
{
    /// <summary>Names the service, over all grids of it.</summary>
    public const string Service = "orleans-sgd";

    /// <summary>The environment variable with the connection string of the table account; it is a secret and never shown.</summary>
    public const string ConnectionVariable = "GRID_CLUSTERING_CONNECTION";

    /// <summary>Every name, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [LocalClustering.Kind, TableClustering.Kind];

    /// <summary>What is wrong with a choice, as one sentence; null when nothing is. Nothing is asked of the service itself.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="cluster">Names the grid.</param>
    /// <param name="connection">The connection string; null when none is given.</param>
    /// <param name="isOrleans">True on the real packages; the built-in runtime has no network between silos.</param>
    public static string? Mistake(string name, string cluster, string? connection, bool isOrleans) => name switch
    {
        LocalClustering.Kind => null,
        TableClustering.Kind when !isOrleans =>
            "clustering is 'azure-table', but the built-in runtime keeps all silos in one process; use 'local', or --runtime orleans.",
        TableClustering.Kind when !TableDocument.IsName(cluster) =>
            $"cluster is '{cluster}'; a table takes 1 to 128 letters, digits, hyphens and underscores.",
        TableClustering.Kind when string.IsNullOrWhiteSpace(connection) =>
            $"clustering is 'azure-table', which needs the connection string of a storage account in {ConnectionVariable}; it is not set.",
        TableClustering.Kind when TableDocument.Mistake(connection) is { } mistake =>
            $"{ConnectionVariable} {mistake}; copy the connection string anew, as in 'DefaultEndpointsProtocol=https;AccountName=…'.",
        TableClustering.Kind => null,
        _ => $"clustering is '{name}'; use {string.Join(" or ", Names)}.",
    };
}
