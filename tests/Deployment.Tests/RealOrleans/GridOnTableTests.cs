using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Clustering;
using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.RealOrleans;

/// <summary>
/// Goal: silos that know nothing but a table form one grid, and one that is killed is noticed. Method: real silos on TCP and a real table service.
/// </summary>
public sealed class GridOnTableTests : IAsyncLifetime
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    private AzuriteService _service = null!;

    public async Task InitializeAsync() => _service = await AzuriteService.StartAsync("table");

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task Silos_and_a_client_find_each_other_by_the_table_alone_and_a_killed_one_is_noticed()
    {
        var clustering = new TableClustering(_service.Connection, "real");
        await using LocalGrid first = await StartAsync(clustering);
        await using LocalGrid second = await StartAsync(clustering);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(clustering.Reach);
        using IHost client = builder.Build();
        await client.StartAsync();
        IManagementGrain management = client.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0);

        await WaitAsync(async () => (await management.GetHosts(true)).Count == 2);
        string lost = second.Silos[0].Address;
        await second.KillAsync(0);
        await WaitAsync(async () => (await management.GetHosts(true)).Keys.All(silo => silo.ToParsableString() != lost));

        Assert.Equal(first.Silos[0].Address, Assert.Single(await management.GetHosts(true)).Key.ToParsableString());
        await client.StopAsync();
    }

    private static Task<LocalGrid> StartAsync(TableClustering clustering) => LocalGrid.StartAsync(
        1, options => options.ComputeThreads = 1, place: new GridPlace(clustering, "real", IPAddress.Loopback, FreePorts.One(), FreePorts.One()));

    // Polls a grid that changes by itself, in its own time.
    private static async Task WaitAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(WaitMax);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (!await TryAsync(holds))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<bool> TryAsync(Func<Task<bool>> holds)
    {
        try
        {
            return await holds();
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return false; // what was asked may be on the silo that has just died
        }
    }
}
