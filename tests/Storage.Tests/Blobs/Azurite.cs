using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using OrleansSgd.Testing;

namespace OrleansSgd.Storage.Tests.Blobs;

/// <summary>A real blob service for the tests.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private static int _containers;

    private AzuriteService? _service;

    /// <summary>A name that no other test has.</summary>
    public static string FreeContainer => $"test-{Environment.ProcessId}-{Interlocked.Increment(ref _containers)}";

    /// <summary>How clients find it.</summary>
    public string Connection => _service!.Connection;

    /// <summary>The same with another key.</summary>
    public string ConnectionWith(string key) => AzuriteService.ConnectionOf("blob", _service!.Endpoint, key);

    /// <summary>A client of one container.</summary>
    /// <param name="handler">Sees every request first; null for none.</param>
    /// <param name="retries">How often the client itself tries again.</param>
    public BlobContainerClient Container(string name, HttpMessageHandler? handler = null, int retries = 0)
    {
        BlobClientOptions options = new();
        options.Retry.MaxRetries = retries;
        options.Retry.Delay = TimeSpan.Zero;
        options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        if (handler is not null)
        {
            options.Transport = new HttpClientTransport(new HttpClient(handler));
        }

        return new(Connection, name, options);
    }

    public async Task InitializeAsync() => _service = await AzuriteService.StartAsync("blob");

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}

/// <summary>The tests that share one service; each has a container of its own.</summary>
[CollectionDefinition(Name)]
public sealed class AzuriteTests : ICollectionFixture<Azurite>
{
    public const string Name = "Azurite";
}
