using System.Diagnostics;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Telemetry.Tests.Reading;

namespace OrleansSgd.Telemetry.Tests;

/// <summary>Takes the spans of one job, by way of the file's bytes: what is tested is what a reader gets.</summary>
internal sealed class SpanCatch : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly TraceFile _file;

    public SpanCatch(JobTrace job) => _file = new TraceFile(_bytes, job, report: null);

    /// <summary>Everything that was caught, in its order. Nothing is caught any more.</summary>
    public List<ReadSpan> Spans()
    {
        _file.Dispose();
        Assert.Null(_file.Error);
        return OtlpLines.Read(_bytes.ToArray());
    }

    public void Dispose() => _file.Dispose();

    /// <summary>True while some listener in this process takes this job's spans.</summary>
    public static bool Takes(JobTrace job)
    {
        using var source = new ActivitySource(TraceNames.Source);
        using Activity? span = source.StartActivity("probe", ActivityKind.Internal, new ActivityContext(job.Id, default, ActivityTraceFlags.Recorded));
        return span is not null;
    }
}
