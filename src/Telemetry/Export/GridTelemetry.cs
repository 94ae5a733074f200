using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OrleansSgd.Telemetry.Export;

/// <summary>Sends the process's spans and metrics to a collector over OTLP, when the standard variables name one.</summary>
/// <remarks>
/// <para>OTEL_EXPORTER_OTLP_ENDPOINT turns both on, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OTEL_EXPORTER_OTLP_METRICS_ENDPOINT one of them
/// (<see cref="OtlpVariables"/>). Intervals, batch sizes and resource attributes come from their OTEL_* variables too.</para>
/// <para>Start one per process, before the silos. A collector that cannot keep up loses spans; only a <see cref="TraceFile"/> loses none.</para>
/// </remarks>
public sealed class GridTelemetry : IDisposable
{
    private const string BatchSize = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE";
    private const string QueueSize = "OTEL_BSP_MAX_QUEUE_SIZE";

    // A ledger span has up to 64 KiB of rows: 32 of them fit the 4 MiB that receivers commonly take, and 512 waiting are 32 MiB.
    private const int BatchSizeDefault = 32;
    private const int QueueSizeDefault = 512;

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private GridTelemetry(TracerProvider? traces, MeterProvider? metrics)
    {
        _traces = traces;
        _metrics = metrics;
    }

    /// <summary>Everything wrong with the variables, each with its value and what may stand there.</summary>
    public static IEnumerable<string> Mistakes() => OtlpVariables.Traces.Mistakes().Concat(OtlpVariables.Metrics.Mistakes()).Distinct();

    /// <summary>Begins to send.</summary>
    /// <returns>Null when no variable names a collector.</returns>
    /// <exception cref="ArgumentException">There are <see cref="Mistakes"/>.</exception>
    public static GridTelemetry? Start()
    {
        if (Mistakes().FirstOrDefault() is { } mistake)
        {
            throw new ArgumentException(mistake);
        }

        TracerProvider? traces = OtlpVariables.Traces.NameACollector ? StartTraces() : null;
        MeterProvider? metrics = OtlpVariables.Metrics.NameACollector ? StartMetrics() : null;
        return traces is null && metrics is null ? null : new GridTelemetry(traces, metrics);
    }

    /// <summary>Sends what waits, for a few seconds at most, and ends.</summary>
    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    // Ledger spans are always wanted, and timed spans were picked before they were made: there is nothing left to sample.
    private static TracerProvider StartTraces() => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(Describe)
        .SetSampler(new AlwaysOnSampler())
        .AddSource(TraceNames.Source)
        .AddOtlpExporter(options =>
        {
            OtlpVariables.Traces.Apply(options);
            if (!IsSet(BatchSize))
            {
                options.BatchExportProcessorOptions.MaxExportBatchSize = BatchSizeDefault;
            }

            if (!IsSet(QueueSize))
            {
                options.BatchExportProcessorOptions.MaxQueueSize = QueueSizeDefault;
            }
        })
        .Build();

    private static MeterProvider StartMetrics() => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(Describe)
        .AddMeter(MetricNames.Meter)
        .AddOtlpExporter(OtlpVariables.Metrics.Apply)
        .Build();

    // What the environment says of the service comes last, so it wins.
    private static void Describe(ResourceBuilder resource) =>
        resource.Clear().AddService(OtlpJson.ServiceName).AddTelemetrySdk().AddEnvironmentVariableDetector();

    private static bool IsSet(string variable) => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(variable));
}
