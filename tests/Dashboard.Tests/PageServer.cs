using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansSgd.Dashboard.Tests;

/// <summary>A dashboard on a free port, hosted as a silo hosts it.</summary>
internal sealed class PageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageServer(WebApplication app, DashboardService service, int port)
    {
        _app = app;
        Service = service;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    public DashboardService Service { get; }

    public Uri this[string path] => new(Address, path);

    /// <param name="port">Of a server that was there before; 0 for any.</param>
    public static async Task<PageServer> StartAsync(DashboardOptions options, int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestBodySize = 0; // as a silo's host has it: what a page needs, it allows itself
            kestrel.Listen(IPAddress.Loopback, port);
        });
        WebApplication app = builder.Build();
        var service = new DashboardService(options);
        service.Map(app);
        await app.StartAsync();
        return new PageServer(app, service, new Uri(app.Urls.First()).Port);
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync(); // ends the streams, for which the host would wait
        await _app.DisposeAsync();
    }
}
