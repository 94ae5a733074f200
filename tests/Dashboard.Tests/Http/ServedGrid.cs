using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using OrleansSgd.Core.Scaling;
using OrleansSgd.Dashboard.Http;
using OrleansSgd.Dashboard.Security;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Http;

namespace OrleansSgd.Dashboard.Tests.Http;

/// <summary>A real grid of one silo with everything that a silo process serves over HTTP, and tokens of each role.</summary>
internal sealed class ServedGrid : IAsyncDisposable
{
    public const string ReadToken = "reads-and-nothing-else";
    public const string SubmitToken = "hands-in-jobs-and-reads";
    public const string OperateToken = "operates-everything-here";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly GridHttp _http;

    private ServedGrid(LocalGrid grid, DashboardService dashboard, GridHttp http, IReadOnlyList<RouteEndpoint> routes) =>
        (Grid, Dashboard, _http, Routes) = (grid, dashboard, http, routes);

    public LocalGrid Grid { get; }

    public DashboardService Dashboard { get; }

    /// <summary>Every route that is served.</summary>
    public IReadOnlyList<RouteEndpoint> Routes { get; }

    public int Port => _http.Address.Port;

    public Uri this[string path] => new(_http.Address, path);

    public static async Task<ServedGrid> StartAsync()
    {
        AccessTokens tokens = Tokens();
        LocalGrid grid = await LocalGrid.StartAsync(1, options => options.ComputeThreads = 1);
        var dashboard = new DashboardService(new DashboardOptions { Grains = () => grid.Grains, RoleOf = token => (DashboardRole)tokens.RoleOf(token) });
        var routes = new List<RouteEndpoint>();
        GridHttp http = await GridHttp.StartAsync(
            new HttpPlace(new IPEndPoint(IPAddress.Loopback, 0), Tokens: tokens), new GridHealth(grid, TimeProvider.System),
            () => new ScalingDecision(3, "Work is left."), served =>
            {
                dashboard.Map(served);
                routes.AddRange(served.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>());
            });
        return new ServedGrid(grid, dashboard, http, routes);
    }

    /// <summary>Whether a request got past who asks and what they may: what it then finds is another question.</summary>
    /// <param name="token">Null to show none.</param>
    public async Task<bool> IsInAsync(string path, bool isOrder, string? token)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(isOrder ? HttpMethod.Post : HttpMethod.Get, this[path]);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (isOrder)
        {
            request.Headers.Add(PageGuard.OrderHeader, "1");
        }

        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        return answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.Redirect);
    }

    public async ValueTask DisposeAsync()
    {
        await Dashboard.DisposeAsync();
        await _http.DisposeAsync();
        await Grid.DisposeAsync();
    }

    private static AccessTokens Tokens()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, $"read {ReadToken}\nsubmit {SubmitToken}\noperate {OperateToken}\n");
        (AccessTokens? tokens, _) = AccessTokens.Load(file);
        File.Delete(file);
        return tokens!;
    }
}
