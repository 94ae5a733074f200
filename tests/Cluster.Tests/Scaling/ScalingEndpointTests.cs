using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansSgd.Cluster.Tests.Parts;
using OrleansSgd.Cluster.Tests.Runs;
using OrleansSgd.Core.Scaling;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Cluster.Tests.Scaling;

/// <summary>Goal: whoever asks over HTTP hears how many silos are wanted. Method: a real server on a free port, grids that are scripted or real.</summary>
public sealed class ScalingEndpointTests
{
    [Fact]
    public async Task Nothing_is_claimed_before_the_grid_has_been_observed()
    {
        await using ScalingEndpoint endpoint = await ScalingEndpoint.StartAsync(IPAddress.Loopback, 0, () => null);

        (HttpStatusCode status, JsonElement body) = await AskAsync(endpoint.Address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.False(body.TryGetProperty("wanted", out _));
        Assert.EndsWith(".", body.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_decision_is_answered_with_its_reason()
    {
        ScalingDecision decision = new(3, "Work is \"left\".");
        await using ScalingEndpoint endpoint = await ScalingEndpoint.StartAsync(IPAddress.Loopback, 0, () => decision);

        (HttpStatusCode first, JsonElement three) = await AskAsync(endpoint.Address);
        decision = new(5, "More is.");
        (_, JsonElement five) = await AskAsync(endpoint.Address);

        Assert.Equal(HttpStatusCode.OK, first);
        Assert.Equal((3, "Work is \"left\"."), (three.GetProperty("wanted").GetInt32(), three.GetProperty("reason").GetString()));
        Assert.Equal(5, five.GetProperty("wanted").GetInt32());
    }

    [Fact]
    public async Task Nothing_else_is_answered_and_no_orders_are_taken()
    {
        await using ScalingEndpoint endpoint = await ScalingEndpoint.StartAsync(IPAddress.Loopback, 0, () => new(1, "One."));
        using var client = new HttpClient();

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(endpoint.Address, "/"))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.PostAsync(endpoint.Address, null)).StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using ScalingEndpoint endpoint = await ScalingEndpoint.StartAsync(IPAddress.Loopback, 0, () => null);

        IOException error = await Assert.ThrowsAsync<IOException>(
            () => ScalingEndpoint.StartAsync(IPAddress.Loopback, endpoint.Address.Port, () => null));

        Assert.Contains($"127.0.0.1:{endpoint.Address.Port}", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Choose another port.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_real_grid_with_much_to_do_wants_another_silo_and_with_nothing_to_do_does_not()
    {
        await using TestGrid grid = await TestGrid.StartAsync(1);
        IJobGrain job = await grid.SubmitAsync(TestGrid.SmallPlan with { Run = TestGrid.SmallPlan.Run with { Epochs = 1_000_000 } });
        var time = new SteppingTime(1);
        ScalingOptions options = new() { Plan = new() { SilosMax = 4, CoolDown = TimeSpan.FromSeconds(4) } };
        using var autoscaler = new Autoscaler(() => grid.Cluster.Client, options, time, NullLogger.Instance);
        await using ScalingEndpoint endpoint = await ScalingEndpoint.StartAsync(IPAddress.Loopback, 0, () => autoscaler.Latest);

        // Each look is a second of its clock later, and each time the job is farther.
        JobProgress seen = await TestGrid.TicketsOf(job, 1);
        for (int look = 1; look <= 6; look++)
        {
            long samples = seen.Samples; // counted when a lease is done, which takes many tickets
            while (seen.Samples == samples)
            {
                seen = await TestGrid.TicketsOf(job, seen.Tickets + 50);
            }

            await autoscaler.ObserveAsync();
        }

        (_, JsonElement busy) = await AskAsync(endpoint.Address);
        await job.Cancel();
        await TestGrid.EndOf(job);
        await autoscaler.ObserveAsync();
        (_, JsonElement idle) = await AskAsync(endpoint.Address);

        Assert.Equal(2, busy.GetProperty("wanted").GetInt32());
        Assert.Contains("samples are left", busy.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal((1, "No job has samples left."), (idle.GetProperty("wanted").GetInt32(), idle.GetProperty("reason").GetString()));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(Uri address)
    {
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(address);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }
}
