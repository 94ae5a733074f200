using System.Buffers;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansSgd.Core.Scaling;

namespace OrleansSgd.Silo.Scaling;

/// <summary><c>GET /scaling/wanted-silos</c>: {"wanted": n, "reason": "…"}, for an autoscaler that adds and removes silo processes.</summary>
/// <remarks>
/// KEDA's metrics-api scaler reads it with <c>valueLocation: wanted</c> and <c>targetValue: "1"</c>. Until something has been observed the answer is 503: no
/// number is better than a wrong one.
/// </remarks>
public sealed class ScalingEndpoint : IAsyncDisposable
{
    /// <summary>The one path.</summary>
    public const string Path = "/scaling/wanted-silos";

    private readonly WebApplication _app;

    private ScalingEndpoint(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First() + Path);
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="address">Loopback, unless others are to ask.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="latest">The newest decision; null before the first.</param>
    /// <exception cref="IOException">The port cannot be had; the message says which.</exception>
    public static async Task<ScalingEndpoint> StartAsync(
        IPAddress address, int port, Func<ScalingDecision?> latest, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(latest);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(address, port));
        WebApplication app = builder.Build();
        app.MapGet(Path, context => AnswerAsync(context, latest()));
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            await app.DisposeAsync();
            string reason = error.Message.TrimEnd('.');
            throw new IOException($"The scaling endpoint cannot listen on {new IPEndPoint(address, port)}: {reason}. Choose another port.", error);
        }

        return new ScalingEndpoint(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, ScalingDecision? decision)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            if (decision is { } known)
            {
                json.WriteNumber("wanted", known.Wanted);
            }

            json.WriteString("reason", decision?.Reason ?? "The grid has not been observed yet.");
            json.WriteEndObject();
        }

        context.Response.StatusCode = decision is null ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(body.WrittenMemory);
    }
}
