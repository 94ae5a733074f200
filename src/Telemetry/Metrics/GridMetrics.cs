using System.Diagnostics.Metrics;

namespace OrleansSgd.Telemetry.Metrics;

/// <summary>The metrics of one job in this process: what its workers, shards and coordinator measure, as histograms and counters.</summary>
/// <remarks>
/// Instruments are shared by all jobs; a tag tells them apart. Names, units and descriptions are in <see cref="MetricNames"/>. Any thread may call,
/// and a call costs a few nanoseconds when nobody listens.
/// </remarks>
public sealed class GridMetrics
{
    private static readonly Meter Meter = new(MetricNames.Meter);

    // Delays are small whole numbers; gaps are squared norms, which spread over many orders of magnitude.
    private static readonly Histogram<long> DelayHistogram = Meter.CreateHistogram(
        MetricNames.Delay, MetricNames.DelayUnit, MetricNames.DelayDescription, tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1024] });

    private static readonly Histogram<double> GapHistogram = Meter.CreateHistogram(
        MetricNames.Gap, MetricNames.GapUnit, MetricNames.GapDescription, tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6],
        });

    // From a gradient of a few microseconds to one of a minute.
    private static readonly double[] SecondsBoundaries =
        [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60];

    private static readonly Histogram<double> GradientHistogram = Meter.CreateHistogram(
        MetricNames.GradientDuration, MetricNames.SecondsUnit, MetricNames.GradientDurationDescription, tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBoundaries });

    private static readonly Histogram<double> PushHistogram = Meter.CreateHistogram(
        MetricNames.PushDuration, MetricNames.SecondsUnit, MetricNames.PushDurationDescription, tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBoundaries });

    private static readonly Counter<long> SamplesCounter =
        Meter.CreateCounter<long>(MetricNames.Samples, MetricNames.SamplesUnit, MetricNames.SamplesDescription);

    private static readonly Counter<long> UpdatesCounter =
        Meter.CreateCounter<long>(MetricNames.Updates, MetricNames.UpdatesUnit, MetricNames.UpdatesDescription);

    private static readonly Counter<long> UpdatesLostCounter =
        Meter.CreateCounter<long>(MetricNames.UpdatesLost, MetricNames.UpdatesUnit, MetricNames.UpdatesLostDescription);

    private static readonly Counter<long> BytesCounter =
        Meter.CreateCounter<long>(MetricNames.Bytes, MetricNames.BytesUnit, MetricNames.BytesDescription);

    private static readonly KeyValuePair<string, object?> PushTag = new(MetricNames.Direction, MetricNames.Push);
    private static readonly KeyValuePair<string, object?> PullTag = new(MetricNames.Direction, MetricNames.Pull);

    private readonly KeyValuePair<string, object?> _job;

    /// <param name="job">Id of the job.</param>
    public GridMetrics(string job)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        _job = new(MetricNames.JobTag, job);
    }

    /// <summary>True while somebody takes durations: otherwise nobody need look at a clock for them.</summary>
    public static bool AreDurationsHeard => GradientHistogram.Enabled || PushHistogram.Enabled;

    /// <summary>A ticket was finalised.</summary>
    /// <param name="delay">In updates.</param>
    /// <param name="gap">D / α²; NaN when the rate was 0, and then not counted.</param>
    public void Finalised(long delay, double gap)
    {
        DelayHistogram.Record(delay, _job);
        Record(GapHistogram, gap);
    }

    /// <summary>A gradient was computed.</summary>
    /// <param name="seconds">How long it took; NaN when nobody looked at a clock, and then not counted.</param>
    public void GradientComputed(double seconds) => Record(GradientHistogram, seconds);

    /// <summary>Every shard has answered an update.</summary>
    /// <param name="seconds">How long it took; NaN when nobody looked at a clock, and then not counted.</param>
    public void Pushed(double seconds) => Record(PushHistogram, seconds);

    /// <summary>Updates were applied by every shard.</summary>
    /// <param name="samples">Samples they came from.</param>
    public void Applied(long updates, long samples)
    {
        UpdatesCounter.Add(updates, _job);
        SamplesCounter.Add(samples, _job);
    }

    /// <summary>Updates that had been applied went down with a shard.</summary>
    public void Lost(long updates) => UpdatesLostCounter.Add(updates, _job);

    /// <summary>Bytes went between workers and shards since the last call.</summary>
    public void Moved(long bytesPushed, long bytesPulled)
    {
        BytesCounter.Add(bytesPushed, _job, PushTag);
        BytesCounter.Add(bytesPulled, _job, PullTag);
    }

    private void Record(Histogram<double> histogram, double value)
    {
        if (!double.IsNaN(value))
        {
            histogram.Record(value, _job);
        }
    }
}
