using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansSgd.Core.Scaling;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Silo.Http;

/// <summary>Where a silo process answers over HTTP, and to whom.</summary>
/// <param name="EndPoint">Loopback, unless there are a certificate and tokens.</param>
/// <param name="Certificate">TLS; null for plain HTTP on loopback.</param>
/// <param name="Tokens">Who may do what; null lets everybody on this machine read.</param>
public sealed record HttpPlace(IPEndPoint EndPoint, X509Certificate2? Certificate = null, AccessTokens? Tokens = null)
{
    /// <summary>What is wrong with it, as one sentence; null when nothing is.</summary>
    public string? Mistake() => IPAddress.IsLoopback(EndPoint.Address) || (Certificate is not null && Tokens is not null)
        ? null
        : $"HTTP on {EndPoint} can be reached from other machines, so it needs TLS and tokens; "
            + $"give certificate and tokens, or use {IPAddress.Loopback}:{EndPoint.Port}.";

    /// <summary>How often each address may ask.</summary>
    public RequestBudget Requests { get; init; } = new(TimeProvider.System);
}

/// <summary>The HTTP endpoints of a silo process: whether it lives, whether it is ready, how many silos are wanted, and what others add.</summary>
/// <remarks>Health takes no token: whoever probes has none, and it tells no secrets. Requests have no bodies here, and none is read.</remarks>
public sealed class GridHttp : IAsyncDisposable
{
    /// <summary>200 while the process runs.</summary>
    public const string LivePath = "/health/live";

    /// <summary>200 while the process is of use, 503 and the reasons when it is not.</summary>
    public const string ReadyPath = "/health/ready";

    // Some hundreds of watchers, and as many that come and go.
    private const int ConnectionsMax = 1000;
    private const int HeadersSizeMax = 16 * 1024;

    // Who sends a request sends it at once; who dribbles it holds a connection for nothing.
    private static readonly TimeSpan HeadersPatience = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;

    private GridHttp(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="health">What probes are told.</param>
    /// <param name="wanted">The newest decision on the number of silos; null where nobody decides.</param>
    /// <param name="map">Adds endpoints; null for none.</param>
    /// <exception cref="ArgumentException">The place has a mistake.</exception>
    /// <exception cref="IOException">The port cannot be had; the message says which.</exception>
    public static async Task<GridHttp> StartAsync(
        HttpPlace place, GridHealth health, Func<ScalingDecision?>? wanted = null, Action<IEndpointRouteBuilder>? map = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(health);
        if (place.Mistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(place));
        }

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = ConnectionsMax;
            options.Limits.MaxRequestHeadersTotalSize = HeadersSizeMax;
            options.Limits.MaxRequestBodySize = 0;
            options.Limits.RequestHeadersTimeout = HeadersPatience;
            options.Listen(place.EndPoint, listen => _ = place.Certificate is { } certificate ? listen.UseHttps(certificate) : listen);
        });
        _ = place.Certificate is null ? builder.WebHost : builder.WebHost.UseKestrelHttpsConfiguration();
        WebApplication app = builder.Build();
        app.Use((context, next) => IsWithinBudget(context, place.Requests) ? next(context) : DeferAsync(context));
        app.MapGet(LivePath, context => WriteAsync(context, StatusCodes.Status200OK, json => json.WriteString("status", "live")));
        app.MapGet(ReadyPath, context => ReadyAsync(context, health));
        if (wanted is not null)
        {
            app.MapGet(ScalingEndpoint.Path, context => MayRead(context, place.Tokens) ? WantedAsync(context, wanted()) : RefuseAsync(context));
        }

        map?.Invoke(app);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            await app.DisposeAsync();
            throw new IOException($"HTTP cannot listen on {place.EndPoint}: {error.Message.TrimEnd('.')}. Choose another place with --http, or off.", error);
        }

        return new GridHttp(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool MayRead(HttpContext context, AccessTokens? tokens)
    {
        const string Scheme = "Bearer ";
        string? given = context.Request.Headers.Authorization.ToString() is { } header && header.StartsWith(Scheme, StringComparison.Ordinal)
            ? header[Scheme.Length..]
            : null;
        return tokens is null || tokens.RoleOf(given) >= AccessRole.Read;
    }

    // That the process lives costs nothing to say, and who restarts processes must hear it.
    private static bool IsWithinBudget(HttpContext context, RequestBudget requests) =>
        context.Request.Path == LivePath || requests.TrySpend(context.Connection.RemoteIpAddress ?? IPAddress.None);

    private static Task DeferAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return WriteAsync(
            context, StatusCodes.Status429TooManyRequests,
            json => json.WriteString("error", $"More than {RequestBudget.PerSecond} requests a second come from your address; ask again in a second."));
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return WriteAsync(context, StatusCodes.Status401Unauthorized, json => json.WriteString("error", "A token with the role read is needed."));
    }

    private static async Task ReadyAsync(HttpContext context, GridHealth health)
    {
        IReadOnlyList<string> troubles = await health.TroublesAsync(context.RequestAborted);
        await WriteAsync(
            context,
            troubles.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            json =>
            {
                json.WriteString("status", troubles.Count == 0 ? "ready" : "not-ready");
                json.WriteStartArray("reasons");
                foreach (string trouble in troubles)
                {
                    json.WriteStringValue(trouble);
                }

                json.WriteEndArray();
            });
    }

    private static Task WantedAsync(HttpContext context, ScalingDecision? decision) => WriteAsync(
        context,
        decision is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK,
        json =>
        {
            if (decision is { } known)
            {
                json.WriteNumber("wanted", known.Wanted);
            }

            json.WriteString("reason", decision?.Reason ?? "The grid has not been observed yet.");
        });

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.BodyWriter.WriteAsync(body.WrittenMemory);
    }
}
