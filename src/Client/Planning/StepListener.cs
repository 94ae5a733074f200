using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansSgd.Telemetry;

namespace OrleansSgd.Client.Planning;

/// <summary>Hears of the steps of a job in this process: how long gradients and pushes take, and how long gradients are.</summary>
/// <remarks>Durations come from the metrics, of every step; norms from the spans, of the sampled ones. Any thread may report.</remarks>
internal sealed class StepListener : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _spans;
    private readonly string _job;
    private Moments _gradient;
    private Moments _push;
    private Moments _norm;

    /// <param name="job">Id of the job.</param>
    public StepListener(string job)
    {
        _job = job;
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MetricNames.Meter && instrument.Name is MetricNames.GradientDuration or MetricNames.PushDuration)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<double>(Measured);
        _meters.Start();
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TraceNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> span) =>
                span.Name == TraceNames.Step ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = Stopped,
        };
        ActivitySource.AddActivityListener(_spans);
    }

    /// <summary>Seconds of a gradient.</summary>
    public Moments Gradient => Read(ref _gradient);

    /// <summary>Seconds from sending an update until every shard has answered.</summary>
    public Moments Push => Read(ref _push);

    /// <summary>‖G‖.</summary>
    public Moments Norm => Read(ref _norm);

    /// <summary>Forgets what was heard so far.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _gradient = _push = _norm = default;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spans.Dispose();
        _meters.Dispose();
    }

    private Moments Read(ref Moments moments)
    {
        lock (_gate)
        {
            return moments;
        }
    }

    private void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach ((string key, object? tag) in tags)
        {
            if (key == MetricNames.JobTag && !_job.Equals(tag))
            {
                return;
            }
        }

        lock (_gate)
        {
            if (instrument.Name == MetricNames.GradientDuration)
            {
                _gradient = _gradient.And(value);
            }
            else
            {
                _push = _push.And(value);
            }
        }
    }

    private void Stopped(Activity span)
    {
        if (span.GetTagItem(TraceNames.UpdateNorm) is double norm && span.GetTagItem(TraceNames.Rate) is double rate and > 0
            && _job.Equals(span.GetTagItem(TraceNames.JobId)))
        {
            lock (_gate)
            {
                _norm = _norm.And(norm / rate);
            }
        }
    }
}

/// <summary>Count, sum and sum of squares.</summary>
internal readonly record struct Moments(long Count, double Sum, double SquareSum)
{
    /// <summary>NaN before the first value.</summary>
    public double Mean => Sum / Count;

    /// <summary>√(mean square).</summary>
    public double RootMeanSquare => Math.Sqrt(SquareSum / Count);

    /// <summary>Standard deviation as a share of the mean.</summary>
    public double Spread => Math.Sqrt(Math.Max(0, (SquareSum / Count) - (Mean * Mean))) / Mean;

    /// <summary>With one value more.</summary>
    public Moments And(double value) => new(Count + 1, Sum + value, SquareSum + (value * value));
}
