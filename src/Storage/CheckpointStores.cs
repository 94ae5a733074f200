using Azure.Core;
using Azure.Storage.Blobs;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Blobs;
using OrleansSgd.Storage.Files;
using OrleansSgd.Storage.Memory;

namespace OrleansSgd.Storage;

/// <summary>Opens the store that a user names: <c>dir:PATH</c> or a plain path, <c>blob:CONTAINER</c>, <c>memory:NAME</c>.</summary>
public static class CheckpointStores
{
    /// <summary>The environment variable with the connection string of the blob account; it is a secret and never shown.</summary>
    public const string ConnectionVariable = "GRID_STORE_CONNECTION";

    private const string Forms = "use dir:PATH (or a plain path), blob:CONTAINER or memory:NAME";
    private const int ContainerNameMin = 3;
    private const int ContainerNameMax = 63;

    // The client's own retries come out of the time that a call may take; what they do not cure is told to the coordinator, which tries again later.
    private const int RetryMax = 3;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(20);

    /// <summary>What is wrong with an address, as one sentence; null when a store can be opened. Nothing is asked of the store itself.</summary>
    /// <param name="environment">Looks up environment variables; null for those of this process.</param>
    public static string? Mistake(string? address, Func<string, string?>? environment = null)
    {
        (string scheme, string rest) = Split(address ?? "");
        return scheme switch
        {
            _ when string.IsNullOrWhiteSpace(address) => $"The store has no address; {Forms}.",
            "dir" when rest.Length == 0 => "Store 'dir:' names no folder; add its path, as in dir:/var/lib/grid.",
            "dir" when rest.Contains('\0', StringComparison.Ordinal) => "Store 'dir:' has a path with a zero character; no file system takes it.",
            "dir" when File.Exists(rest) => $"Store '{address}' is a file; name a folder.",
            "dir" => null,
            "memory" => rest.Length == 0 ? "Store 'memory:' has no name; add one, as in memory:mine." : null,
            "blob" => ContainerMistake(rest) ?? ConnectionMistake(environment),
            _ => $"Store '{address}' is of kind '{scheme}', which is not known; {Forms}.",
        };
    }

    /// <summary>Opens a store; it is first asked for something by the first call.</summary>
    /// <inheritdoc cref="Mistake" path="/param"/>
    /// <exception cref="ArgumentException">The sentence of <see cref="Mistake"/>.</exception>
    public static ICheckpointStore Open(string address, StoreOptions? options = null, Func<string, string?>? environment = null)
    {
        if (Mistake(address, environment) is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(address));
        }

        (string scheme, string rest) = Split(address);
        return scheme switch
        {
            "dir" => new FileCheckpointStore(rest, options),
            "memory" => new MemoryCheckpointStore(rest, options),
            _ => new BlobCheckpointStore(Container(rest, Connection(environment)!), options),
        };
    }

    private static (string Scheme, string Place) Split(string address)
    {
        int colon = address.IndexOf(':', StringComparison.Ordinal);
        int slash = address.AsSpan().IndexOfAny('/', '\\');

        // One letter before the colon is a drive, and a colon behind a slash belongs to a path.
        return colon > 1 && (slash < 0 || colon < slash) ? (address[..colon], address[(colon + 1)..]) : ("dir", address);
    }

    private static string? ContainerMistake(string name)
    {
        bool isName = name.Length is >= ContainerNameMin and <= ContainerNameMax
            && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            && name[0] != '-' && name[^1] != '-' && !name.Contains("--", StringComparison.Ordinal);
        return isName
            ? null
            : $"Container '{name}' of store 'blob:{name}' must have {ContainerNameMin} to {ContainerNameMax} lower-case letters, digits " +
                "and single inner hyphens.";
    }

    private static string? ConnectionMistake(Func<string, string?>? environment)
    {
        string? connection = Connection(environment);
        if (string.IsNullOrWhiteSpace(connection))
        {
            return $"A blob store needs the connection string of its account in the environment variable {ConnectionVariable}; it is not set.";
        }

        try
        {
            _ = Container("probe", connection);
            return null;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or UriFormatException)
        {
            // The client's words may quote the string, which is a secret.
            return $"The environment variable {ConnectionVariable} holds no connection string of a blob account; copy it anew, " +
                "as in 'DefaultEndpointsProtocol=https;AccountName=…'.";
        }
    }

    private static string? Connection(Func<string, string?>? environment) =>
        (environment ?? Environment.GetEnvironmentVariable)(ConnectionVariable);

    private static BlobContainerClient Container(string name, string connection)
    {
        BlobClientOptions options = new();
        options.Retry.MaxRetries = RetryMax;
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.Delay = RetryDelay;
        options.Retry.NetworkTimeout = RequestTimeout;
        options.Diagnostics.IsLoggingEnabled = false;
        return new(connection, name, options);
    }
}
