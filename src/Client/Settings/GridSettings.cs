using System.Globalization;
using OrleansSgd.Client.Verbs;
using OrleansSgd.Grains;
using OrleansSgd.Silo;

namespace OrleansSgd.Client.Settings;

/// <summary>Every setting of <c>grid silo</c>, and which of them clients share. Flags win over the environment, the environment over the file.</summary>
internal static class GridSettings
{
    /// <summary>Read when nobody names a file.</summary>
    public const string FileName = "grid.yaml";

    /// <summary>Names the file.</summary>
    public const string FileVariable = "GRID_CONFIG";

    /// <summary>The port of a silo for clients when nobody names one.</summary>
    public const int GatewayPort = 30000;

    /// <summary>The port of a silo for other silos, where others are to find it.</summary>
    public const int SiloPort = 11111;

    /// <summary>Where dashboard, health and scaling answer when nobody says so.</summary>
    public const string HttpAddress = "127.0.0.1:8265";

    /// <summary>The most threads of a kind.</summary>
    public const int ThreadsMax = 1024;

    private const string PortRange = "1 to 65535";

    private const string ThreadRange = "1 to 1024";

    public static Setting Store { get; } = new("store", "GRID_STORE", "PLACE", "dir:PATH, a path, or blob:CONTAINER", "none; must be given",
        "Where jobs are kept so that they outlive this process.");

    public static Setting StoreConnection { get; } = new("storeConnection", "GRID_STORE_CONNECTION", "", "the connection string of a storage account", "none",
        "Opens the account of a blob store; a secret: in the environment only.")
    { IsSecret = true };

    public static Setting StoreConnectionFile { get; } = new("storeConnectionFile", "GRID_STORE_CONNECTION_FILE", "FILE", "a readable file", "none",
        "A file with the connection string of the store's account.");

    public static Setting Checkpoint { get; } = new("checkpoint", "GRID_CHECKPOINT", "SECONDS", "0.1 to 3600 seconds",
        new GridOptions().CheckpointPeriod.TotalSeconds.ToString(CultureInfo.InvariantCulture), "How often a job is written to the store.");

    public static Setting Cluster { get; } = new("cluster", "GRID_CLUSTER", "NAME",
        "1 to 64 letters, digits, '-' and '_'", "grid-PORT, with the gateway's port",
        "Names the grid; silos and clients of one grid say the same.");

    public static Setting Clustering { get; } = new("clustering", "GRID_CLUSTERING", "KIND", "local or azure-table", "local",
        "How silos find each other: on this machine, or in a table of Azure Storage.");

    public static Setting ClusteringConnection { get; } = new("clusteringConnection", "GRID_CLUSTERING_CONNECTION", "",
        "the connection string of a storage account", "none", "Opens the account of the table; a secret: in the environment only.")
    { IsSecret = true };

    public static Setting ClusteringConnectionFile { get; } = new("clusteringConnectionFile", "GRID_CLUSTERING_CONNECTION_FILE", "FILE",
        "a readable file", "none",
        "A file with the connection string of the table's account.");

    public static Setting OwnSiloPort { get; } = new("siloPort", "GRID_SILO_PORT", "PORT", PortRange, "any that is free; 11111 with azure-table",
        "The port of this process's first silo for other silos.");

    public static Setting OwnGatewayPort { get; } = new("gatewayPort", "GRID_GATEWAY_PORT", "PORT", PortRange, "30000; none with --exit-when-done",
        "The port of this process's first silo for clients.");

    public static Setting Address { get; } = new("address", "GRID_ADDRESS", "IP", "an IP address, or auto", "127.0.0.1",
        "The address by which other machines reach this one; auto is the one that its name stands for.");

    public static Setting Http { get; } = new("http", "GRID_HTTP", "ADDRESS:PORT", "an address and a port, such as 127.0.0.1:8265, or off",
        "127.0.0.1:8265; off with --exit-when-done", "Where dashboard, health and scaling answer. Other than loopback needs certificate and tokens.");

    public static Setting Data { get; } = new("data", "GRID_DATA", "DIR", "a folder", "data", "Where data sets lie; relative paths of job files start here.");

    public static Setting Tokens { get; } = new("tokens", "GRID_TOKENS_FILE", "FILE", "a file of your own with lines 'role token'", "none",
        "Who may do what over HTTP: read, submit, operate.");

    public static Setting Certificate { get; } = new("certificate", "GRID_CERTIFICATE", "FILE",
        "a PEM or PFX file with its key", "none", "TLS of the HTTP endpoints.");

    public static Setting CertificatePasswordFile { get; } = new("certificatePasswordFile", "GRID_CERTIFICATE_PASSWORD_FILE", "FILE",
        "a readable file", "none",
        "A file with the password of the certificate.");

    public static Setting DrainSeconds { get; } = new("drainSeconds", "GRID_DRAIN_SECONDS", "SECONDS", "0 to 600 seconds",
        new GridOptions().DrainDeadline.TotalSeconds.ToString(CultureInfo.InvariantCulture), "How long a silo that is told to stop may take to hand over.");

    public static Setting JobRoots { get; } = new("jobRoots", "GRID_JOB_ROOTS", "DIRS", "folders", "the data folder",
        "Folders outside of which job files can read nothing.")
    { IsList = true };

    public static Setting Silos { get; } = new("silos", "GRID_SILOS", "N", $"1 to {LocalGrid.SilosMax}", "1", "Silos in this process.");

    public static Setting SilosMax { get; } = new("silosMax", "GRID_SILOS_MAX", "N", $"silos, to {LocalGrid.SilosMax}", "none",
        "Silos come while there is work that they speed up, up to so many, and go when it is done.");

    public static Setting Scaling { get; } = new("scaling", "GRID_SCALING", "WHO", "process or advise", "process",
        "Who adds silos up to silosMax: this process, or whoever asks it how many are wanted.");

    public static Setting ComputeThreads { get; } = new("computeThreads", "GRID_COMPUTE_THREADS", "N", ThreadRange, "an even share of the processors",
        "Threads of each silo that compute gradients.");

    public static Setting IntraOpThreads { get; } = new("intraOpThreads", "GRID_INTRA_OP_THREADS", "N", ThreadRange, "1",
        "Threads inside one gradient of a libtorch model.");

    public static Setting Processors { get; } = new("processors", "GRID_PROCESSORS", "LIST", ProcessorChoice.Allowed, "all, and no thread is pinned",
        ProcessorChoice.Meaning);

    public static Setting Out { get; } = new("out", "GRID_OUT", "DIR", "a folder", Folders.Runs, "Where results go: a new folder for each job.");

    public static Setting Log { get; } = new("log", "GRID_LOG", "LEVEL", string.Join(", ", TrainOptions.Levels.Keys), "none",
        "What the silos' log shows on standard error.");

    /// <summary>For clients alone: where the grid is.</summary>
    public static Setting Gateway { get; } = new("gateway", "GRID_GATEWAY", "HOST:PORT", "addresses and ports, such as 127.0.0.1:30000", "127.0.0.1:30000",
        "Where the silos answer clients; several with commas between them.");

    /// <summary>Of a silo, in the order of its help.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Store, StoreConnection, StoreConnectionFile, Checkpoint, Silos, SilosMax, Scaling, Cluster, Clustering, ClusteringConnection, ClusteringConnectionFile, OwnSiloPort,
        OwnGatewayPort, Address, Http, Certificate, CertificatePasswordFile, Tokens, Data, JobRoots, Out, DrainSeconds, ComputeThreads,
        IntraOpThreads, Processors, Log,
    ];

    /// <summary>Of a client.</summary>
    public static IReadOnlyList<Setting> OfClients { get; } =
        [Gateway, OwnGatewayPort, Cluster, Clustering, ClusteringConnection, ClusteringConnectionFile];

    /// <summary>Every environment variable that begins with GRID_ and means something: to the program, or to the script ./grid.</summary>
    public static IEnumerable<string> Variables =>
        All.Concat(OfClients).Select(setting => setting.Variable).Append(FileVariable).Append(Folders.HomeVariable).Append("GRID_RUNTIME").Append("GRID_TORCH_LIBRARY")
            .Distinct();
}
