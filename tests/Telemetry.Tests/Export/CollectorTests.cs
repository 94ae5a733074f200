using System.Diagnostics;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Telemetry.Ledger;
using OrleansSgd.Telemetry.Metrics;
using OrleansSgd.Telemetry.Spans;
using OrleansSgd.Telemetry.Tests.Reading;

namespace OrleansSgd.Telemetry.Tests.Export;

/// <summary>Goal: a collector gets what was measured. Method: a real HTTP receiver that reads the bytes by the specification alone.</summary>
public sealed class CollectorTests : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private static readonly JobTrace Job = new("collected-1");

    public void Dispose() => Array.ForEach(
        [Endpoint, TracesEndpoint, "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"],
        variable => Environment.SetEnvironmentVariable(variable, null));

    [Theory]
    [InlineData(Endpoint, "localhost:4318", "OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost:4318'; use an address such as http://localhost:4318.")]
    [InlineData(TracesEndpoint, "collector", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is 'collector'; use an address such as http://localhost:4318.")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is 'http/json'; use http/protobuf or grpc.")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "soon", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT is 'soon'; use milliseconds, 1 or more.")]
    public void A_variable_that_cannot_be_used_is_refused_by_name(string variable, string value, string mistake)
    {
        Environment.SetEnvironmentVariable(variable, value);

        Assert.Equal([mistake], GridTelemetry.Mistakes());
        Assert.Throws<ArgumentException>(GridTelemetry.Start);
    }

    [Fact]
    public void Nothing_is_sent_when_no_variable_names_a_collector()
    {
        Assert.Null(GridTelemetry.Start());
        Assert.False(SpanCatch.Takes(Job));
    }

    [Fact]
    public async Task A_collector_gets_spans_with_their_attributes()
    {
        await using Collector collector = await Collector.StartAsync();
        Environment.SetEnvironmentVariable(Endpoint, collector.Address);
        using (GridTelemetry.Start())
        {
            var steps = new StepSpans(Job, every: 1);
            steps.Begin();
            steps.Ended(StepPart.Gradient);
            steps.End(SampleRecords.Plain(7), delay: 2, gap: 0.5);
            new JobSpans(Job).Checkpoint(Stopwatch.GetTimestamp(), ticket: 9, bytes: 1000);
        }

        var spans = collector.Spans.ToArray();
        Assert.Equal(["checkpoint", "gradient", "step"], spans.Select(one => one.Span.Name).Order());
        Assert.All(spans, one => Assert.Equal("orleans-sgd", one.Resource["service.name"]));
        Assert.All(spans, one => Assert.Equal(Job.Id.ToHexString(), one.Span.TraceId));
        ReadSpan step = spans.Single(one => one.Span.Name == "step").Span;
        Assert.Null(step.ParentSpanId);
        Assert.Equal(step.SpanId, spans.Single(one => one.Span.Name == "gradient").Span.ParentSpanId);
        Assert.Equal((7L, 2L, 0.5, "collected-1"),
            (step.Get<long>("ticket"), step.Get<long>("delay"), step.Get<double>("gap"), step.Get<string>("job")));
        Assert.Equal([7L, 7, 7, 7], step.Get<long[]>("view_versions"));
    }

    [Fact]
    public async Task A_ledger_reaches_a_collector_with_its_digests_and_bytes()
    {
        await using Collector collector = await Collector.StartAsync();
        Environment.SetEnvironmentVariable(TracesEndpoint, collector.Address + "/v1/traces");
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "key=secret");
        using (GridTelemetry.Start())
        using (ShardTrace trace = ShardTrace.Open(Job, 0, 0, 0))
        {
            Assert.True(SpanCatch.Takes(Job));
            for (long ticket = 0; ticket < 10; ticket++)
            {
                trace.Applied(ticket);
                trace.Flush();
            }

            trace.Last();
        }

        ReadSpan[] log = [.. collector.Spans.Select(one => one.Span).Where(span => span.IsLedger)];
        Assert.Equal(11, log.Length);
        Assert.Null(Chains.Mistake(log));
        Assert.Equal([0], log[0].Get<byte[]>("entries"));
        Assert.Empty(collector.Metrics);
        Assert.All(collector.Keys, key => Assert.Equal("secret", key));
    }

    [Fact]
    public async Task A_collector_gets_metrics_with_names_units_and_tags()
    {
        await using Collector collector = await Collector.StartAsync();
        Environment.SetEnvironmentVariable(Endpoint, collector.Address + "/");
        using (GridTelemetry.Start())
        {
            var metrics = new GridMetrics("collected-1");
            metrics.Finalised(delay: 3, gap: 0.25);
            metrics.Finalised(delay: 5, gap: 0.5);
            metrics.GradientComputed(0.5);
            metrics.Pushed(0.125);
            metrics.Applied(updates: 2, samples: 128);
            metrics.Lost(1);
            metrics.Moved(bytesPushed: 100, bytesPulled: 400);
        }

        Dictionary<string, ProtoMessage> read = collector.Metrics.ToDictionary(metric => metric.Text(1));
        Assert.Equal(
            ["orleanssgd.bytes", "orleanssgd.delay", "orleanssgd.gap", "orleanssgd.gradient.duration", "orleanssgd.push.duration",
                "orleanssgd.samples", "orleanssgd.updates", "orleanssgd.updates.lost"],
            read.Keys.Order());
        Assert.Equal(
            ["By", "{update}", "1", "s", "s", "{sample}", "{update}", "{update}"],
            read.OrderBy(one => one.Key).Select(one => one.Value.Text(3)));
        Assert.All(read.Values, metric => Assert.False(string.IsNullOrEmpty(metric.Text(2))));

        // Histogram: count 4, sum 5, bounds 7, attributes 9.
        ProtoMessage delay = read["orleanssgd.delay"].Message(9).Message(1);
        Assert.Equal((2L, 8.0), (delay.Integer(4), delay.Real(5)));
        Assert.Equal("collected-1", Assert.Single(Collector.Attributes(delay, 9), one => one.Key == "orleanssgd.job").Value);
        Assert.Equal(17 * sizeof(double), delay.Bytes(7).Length);
        Assert.Equal(0.75, read["orleanssgd.gap"].Message(9).Message(1).Real(5));

        // Sum: points 1, each with its value 6 and attributes 7.
        Assert.Equal(128, read["orleanssgd.samples"].Message(7).Message(1).Integer(6));
        Dictionary<object, long> bytes = read["orleanssgd.bytes"].Message(7).Messages(1).ToDictionary(
            point => Collector.Attributes(point, 7).Single(one => one.Key == "orleanssgd.direction").Value, point => point.Integer(6));
        Assert.Equal((100L, 400L), (bytes["push"], bytes["pull"]));
    }
}
