using OrleansSgd.Dashboard;
using OrleansSgd.Dashboard.Security;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Http;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Client.Verbs;

/// <summary>What a silo process shows over HTTP: health, the number of silos wanted, and the dashboard.</summary>
internal sealed class SiloWeb : IAsyncDisposable
{
    private readonly DashboardService _dashboard;
    private GridHttp? _http;

    private SiloWeb(DashboardService dashboard) => _dashboard = dashboard;

    /// <summary>Where it answers.</summary>
    public Uri Address => _http!.Address;

    /// <summary>Begins to listen.</summary>
    /// <returns>Neither when nothing is to be shown.</returns>
    public static async Task<(SiloWeb? Web, Failure? Failure)> StartAsync(
        SiloRequest request, LocalGrid grid, GridHealth health, GridScaling? scaling, CancellationToken interrupted)
    {
        if (request.Http is not { } place)
        {
            return (null, null);
        }

        // Without tokens the place is on loopback, where everybody may do everything.
        Func<string?, DashboardRole>? roles = place.Tokens is { } tokens ? token => RoleOf(tokens.RoleOf(token)) : null;
        var web = new SiloWeb(new DashboardService(new DashboardOptions { Grains = () => grid.Grains, RoleOf = roles }));
        try
        {
            web._http = await GridHttp.StartAsync(place, health, () => scaling?.Latest, web._dashboard.Map, interrupted);
            return (web, null);
        }
        catch (IOException error)
        {
            await web.DisposeAsync();
            return (null, new Failure(ExitCodes.BadInput, error.Message));
        }
    }

    /// <summary>Ends the streams of pages that are open, then everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        if (_http is not null)
        {
            await _http.DisposeAsync();
        }
    }

    private static DashboardRole RoleOf(AccessRole role) => role switch
    {
        AccessRole.Read => DashboardRole.Read,
        AccessRole.Submit => DashboardRole.Submit,
        AccessRole.Operate => DashboardRole.Operate,
        _ => DashboardRole.None,
    };
}
