using System.Net;
using System.Net.Http.Headers;
using OrleansSgd.Core.Scaling;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Http;

namespace OrleansSgd.Cluster.Tests.Scaling;

/// <summary>Goal: probes hear the truth, and nobody hears more than his token is good for. Method: a real grid and a real server on a free port.</summary>
public sealed class GridHttpTests
{
    private const string Token = "0123456789abcdef0123";

    [Fact]
    public async Task Readiness_follows_the_life_of_the_silos()
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, static _ => { });
        var health = new GridHealth(grid, TimeProvider.System);
        await using GridHttp http = await GridHttp.StartAsync(new HttpPlace(new IPEndPoint(IPAddress.Loopback, 0)), health);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, GridHttp.LivePath));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, GridHttp.ReadyPath));
        health.IsLeaving = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, GridHttp.ReadyPath));
        health.IsLeaving = false;
        await grid.KillAsync(0);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, GridHttp.LivePath));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(http, GridHttp.ReadyPath));
    }

    [Fact]
    public async Task Where_there_are_tokens_only_health_goes_without()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"read {Token}\n");
        (AccessTokens? tokens, _) = AccessTokens.Load(file);
        File.Delete(file);
        await using LocalGrid grid = await LocalGrid.StartAsync(1, static _ => { });
        await using GridHttp http = await GridHttp.StartAsync(
            new HttpPlace(new IPEndPoint(IPAddress.Loopback, 0), Tokens: tokens), new GridHealth(grid, TimeProvider.System), () => new ScalingDecision(3, "Work is left."));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, GridHttp.ReadyPath));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/scaling/wanted-silos"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/scaling/wanted-silos", Token[..^1]));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/scaling/wanted-silos", Token));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, "/else", Token));
    }

    [Fact]
    public async Task An_address_that_others_can_reach_is_refused_without_certificate_and_tokens()
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, static _ => { });

        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => GridHttp.StartAsync(new HttpPlace(new IPEndPoint(IPAddress.Any, 0)), new GridHealth(grid, TimeProvider.System)));

        Assert.Contains("needs TLS and tokens", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(GridHttp http, string path, string? token = null)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(http.Address, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
