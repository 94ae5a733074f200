using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansSgd.Telemetry.Tests.Reading;

namespace OrleansSgd.Telemetry.Tests.Export;

/// <summary>A collector on loopback: takes OTLP over HTTP, and reads the protobuf by field numbers of the OTLP specification.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ProtoMessage> _traces = new();
    private readonly ConcurrentQueue<ProtoMessage> _metrics = new();

    private readonly ConcurrentQueue<string?> _keys = new();

    private Collector(WebApplication app) => _app = app;

    /// <summary>The header "key" of each request.</summary>
    public IEnumerable<string?> Keys => _keys;

    public string Address => _app.Urls.Single();

    /// <summary>Spans with their resource's attributes.</summary>
    public IEnumerable<(ReadSpan Span, Dictionary<string, object> Resource)> Spans =>
        from request in _traces
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        where scope.Message(1).Text(1) == "OrleansSgd"
        from span in scope.Messages(2)
        select (Span(span), new Dictionary<string, object>(Attributes(resource.Message(1), 1)));

    /// <summary>Metrics of the product's meter.</summary>
    public IEnumerable<ProtoMessage> Metrics =>
        from request in _metrics
        from resource in request.Messages(1)
        from scope in resource.Messages(2)
        where scope.Message(1).Text(1) == "OrleansSgd"
        from metric in scope.Messages(2)
        select metric;

    public static async Task<Collector> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var collector = new Collector(app);
        app.MapPost("/v1/traces", request => collector.TakeAsync(request, collector._traces));
        app.MapPost("/v1/metrics", request => collector.TakeAsync(request, collector._metrics));
        await app.StartAsync();
        return collector;
    }

    public static List<KeyValuePair<string, object>> Attributes(ProtoMessage owner, int number) =>
        [.. owner.Messages(number).Select(one => KeyValuePair.Create(one.Text(1), Value(one.Message(2))))];

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext request, ConcurrentQueue<ProtoMessage> into)
    {
        _keys.Enqueue((string?)request.Request.Headers["key"]);
        Assert.Equal("application/x-protobuf", request.Request.ContentType);
        using var body = new MemoryStream();
        await request.Request.Body.CopyToAsync(body);
        into.Enqueue(new ProtoMessage(body.ToArray()));
        request.Response.ContentType = "application/x-protobuf";
    }

    private static ReadSpan Span(ProtoMessage span) => new(
        Convert.ToHexStringLower(span.Bytes(1)),
        Convert.ToHexStringLower(span.Bytes(2)),
        span.Has(4) && span.Bytes(4).Length > 0 ? Convert.ToHexStringLower(span.Bytes(4)) : null,
        span.Text(5),
        span.Integer(6),
        span.Integer(7),
        span.Integer(8),
        Attributes(span, 9));

    private static object Value(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? value.Integer(2) != 0
        : value.Has(3) ? value.Integer(3)
        : value.Has(4) ? value.Real(4)
        : value.Has(5) ? value.Message(5).Messages(1).Select(one => (long)Value(one)).ToArray()
        : value.Has(7) ? value.Bytes(7)
        : throw new InvalidDataException("An attribute has no value.");
}
