using OrleansSgd.Testing;

namespace OrleansSgd.Storage.Tests.Tables;

/// <summary>A real table service for the tests.</summary>
public sealed class AzuriteTables : IAsyncLifetime
{
    private AzuriteService? _service;

    /// <summary>How clients find it.</summary>
    public string Connection => _service!.Connection;

    /// <summary>The same with another key.</summary>
    public string ConnectionWith(string key) => AzuriteService.ConnectionOf("table", _service!.Endpoint, key);

    public async Task InitializeAsync() => _service = await AzuriteService.StartAsync("table");

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }
}
