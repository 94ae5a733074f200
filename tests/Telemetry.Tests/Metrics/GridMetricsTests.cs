using System.Diagnostics.Metrics;
using OrleansSgd.Telemetry.Metrics;

namespace OrleansSgd.Telemetry.Tests.Metrics;

public sealed class GridMetricsTests
{
    [Fact]
    public void Everything_is_measured_under_its_name_unit_and_tags()
    {
        List<string> heard = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == MetricNames.Meter)
            {
                Assert.False(string.IsNullOrEmpty(instrument.Description));
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => heard.Add(Line(instrument, value, tags)));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => heard.Add(Line(instrument, value, tags)));
        listener.Start();

        Assert.True(GridMetrics.AreDurationsHeard);
        var metrics = new GridMetrics("job-1");
        metrics.Finalised(delay: 3, gap: 0.25);
        metrics.Finalised(delay: 0, gap: double.NaN);
        metrics.GradientComputed(0.5);
        metrics.GradientComputed(double.NaN);
        metrics.Pushed(0.125);
        metrics.Applied(updates: 2, samples: 128);
        metrics.Lost(1);
        metrics.Moved(bytesPushed: 100, bytesPulled: 400);

        Assert.Equal(
            [
                "orleanssgd.delay [{update}] 3 job-1",
                "orleanssgd.gap [1] 0.25 job-1",
                "orleanssgd.delay [{update}] 0 job-1",
                "orleanssgd.gradient.duration [s] 0.5 job-1",
                "orleanssgd.push.duration [s] 0.125 job-1",
                "orleanssgd.updates [{update}] 2 job-1",
                "orleanssgd.samples [{sample}] 128 job-1",
                "orleanssgd.updates.lost [{update}] 1 job-1",
                "orleanssgd.bytes [By] 100 job-1 push",
                "orleanssgd.bytes [By] 400 job-1 pull",
            ],
            heard);
    }

    private static string Line<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string line = FormattableString.Invariant($"{instrument.Name} [{instrument.Unit}] {value}");
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            line += $" {tag.Value}";
        }

        return line;
    }
}
