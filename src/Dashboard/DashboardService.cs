using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using OrleansSgd.Dashboard.Feeds;
using OrleansSgd.Dashboard.Http;
using OrleansSgd.Dashboard.Security;
using OrleansSgd.Dashboard.Traces;

namespace OrleansSgd.Dashboard;

/// <summary>The pages of a grid and what they read, for any HTTP host: make one, map it, dispose of it before the silos end.</summary>
/// <remarks>
/// Pages: <c>/</c> (jobs), <c>/jobs/ID</c>, <c>/jobs/ID/trace</c>, <c>/cluster</c>, <c>/sign-in</c>. What they read: <c>/api/about</c>,
/// <c>/api/grid/events</c>, <c>/api/jobs/ID/events</c> (server-sent events), <c>/api/jobs/ID/trace</c>. What they order: <c>POST
/// /api/jobs/ID/pause</c>, <c>continue</c>, <c>cancel</c>.
/// </remarks>
public sealed class DashboardService : IAsyncDisposable
{
    // A token in a form; nothing else is ever sent to us.
    private const long BodySizeMax = 4096;

    private readonly DashboardOptions _options;
    private readonly FeedSet _feeds;
    private readonly PageGuard _guard;
    private readonly JobOrders _orders;
    private readonly TraceReader _traces;
    private readonly CancellationTokenSource _ending = new();

    /// <param name="options">What it shows, and to whom.</param>
    public DashboardService(DashboardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _feeds = new FeedSet(options);
        _guard = new PageGuard(options);
        _orders = new JobOrders(options, _feeds);
        _traces = new TraceReader(options);
    }

    /// <summary>Whether this build has plots; without npm the pages say that they are missing.</summary>
    public static bool HasPlots => PageFiles.Embedded.HavePlots;

    /// <summary>Event streams that are open.</summary>
    public int Watchers => _feeds.Watchers;

    /// <summary>The feeds, for tests that count what they ask.</summary>
    internal FeedSet Feeds => _feeds;

    /// <summary>Adds the pages to a host's routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        Page(routes, "/", "jobs.html");
        Page(routes, "/jobs/{job}", "job.html");
        Page(routes, "/jobs/{job}/trace", "trace.html");
        Page(routes, "/cluster", "cluster.html");
        routes.MapGet("/sign-in", context => OpenAsync(context, "sign-in.html"));
        routes.MapGet("/assets/{file}", context => OpenAsync(context, Path.GetFileName(Route(context, "file"))));
        routes.MapPost("/sign-in", context => Limited(context, _guard.SignInAsync));
        Get(routes, "/api/about", AboutAsync);
        Get(routes, "/api/grid/events", context => StreamAsync(context, _feeds.Grid));
        Get(routes, "/api/jobs/{job}/events", context => OfJobAsync(context, job => StreamAsync(context, _feeds.Job(job))));
        Get(routes, "/api/jobs/{job}/trace", context => OfJobAsync(context, job => TraceAsync(context, job)));
        routes.MapPost("/api/jobs/{job}/{order}", context => Limited(context, async limited =>
        {
            if (await _guard.AdmitAsync(limited, DashboardRole.Operate))
            {
                await _orders.CarryOutAsync(limited, Route(limited, "job"), Route(limited, "order"));
            }
        }));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _feeds.DisposeAsync();
        _ending.Dispose();
    }

    private static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    private void Get(IEndpointRouteBuilder routes, string path, Func<HttpContext, Task> answer) => routes.MapGet(path, async context =>
    {
        if (await _guard.AdmitAsync(context, DashboardRole.Read))
        {
            await answer(context);
        }
    });

    // A page itself is no secret; who may not look is shown where to sign in.
    private void Page(IEndpointRouteBuilder routes, string path, string file) => routes.MapGet(path, async context =>
    {
        if (_options.RoleOf is not null && _guard.RoleOf(context) == DashboardRole.None)
        {
            PageGuard.Describe(context);
            context.Response.Redirect("/sign-in");
        }
        else if (await _guard.AdmitAsync(context, DashboardRole.Read))
        {
            await PageFiles.Embedded.AnswerAsync(context, file);
        }
    });

    private static Task OpenAsync(HttpContext context, string file)
    {
        PageGuard.Describe(context);
        return PageFiles.Embedded.AnswerAsync(context, file);
    }

    private static Task Limited(HttpContext context, Func<HttpContext, Task> answer)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = BodySizeMax;
        }

        return answer(context);
    }

    private async Task OfJobAsync(HttpContext context, Func<string, Task> answer)
    {
        string job = Route(context, "job");
        bool isKnown;
        try
        {
            isKnown = await _feeds.Grid.KnowsAsync(job);
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or InvalidOperationException)
        {
            await PageGuard.SayAsync(context, StatusCodes.Status503ServiceUnavailable, "The grid does not answer now; try again.");
            return;
        }

        // Only jobs that exist get a feed: made-up names cost nothing.
        await (isKnown ? answer(job) : PageGuard.SayAsync(context, StatusCodes.Status404NotFound, "The grid knows no such job."));
    }

    private async Task StreamAsync(HttpContext context, Feed feed)
    {
        if (!_feeds.TryEnter())
        {
            context.Response.Headers.RetryAfter = "10";
            await PageGuard.SayAsync(context, StatusCodes.Status503ServiceUnavailable, $"There are {_options.WatchersMax} watchers already; try again later.");
            return;
        }

        try
        {
            await EventStream.SendAsync(context, feed, _options, _ending.Token);
        }
        finally
        {
            _feeds.Leave();
        }
    }

    private async Task TraceAsync(HttpContext context, string job) => await SendAsync(context, await _traces.ReadAsync(job, _feeds.Grid.Silos));

    private Task AboutAsync(HttpContext context)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("role", PageGuard.Name(_guard.RoleOf(context)));
            json.WriteBoolean("hasTokens", _options.RoleOf is not null);
            json.WriteBoolean("hasPlots", HasPlots);
            json.WriteEndObject();
        }

        return SendAsync(context, bytes.WrittenSpan.ToArray());
    }

    private static async Task SendAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
