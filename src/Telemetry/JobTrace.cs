using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Telemetry;

/// <summary>The trace that all spans of one job belong to, whichever silo makes them.</summary>
/// <remarks>
/// Its id follows from the two names, so that silos need not tell it to each other: the first 16 bytes of SHA-256 over cluster, a zero and job.
/// Job ids count from 1 in each cluster; the cluster tells jobs of two clusters in one process apart.
/// </remarks>
public sealed class JobTrace
{
    private static readonly ActivitySource Source = new(TraceNames.Source);

    /// <param name="job">Id of the job.</param>
    /// <param name="cluster">Id of the cluster that runs it; empty when there is one.</param>
    public JobTrace(string job, string cluster = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentNullException.ThrowIfNull(cluster);
        Job = job;
        Id = ActivityTraceId.CreateFromBytes(SHA256.HashData(Encoding.UTF8.GetBytes($"{cluster}\0{job}")).AsSpan(0, 16));
    }

    /// <summary>Id of the job.</summary>
    public string Job { get; }

    /// <summary>Id of the trace.</summary>
    public ActivityTraceId Id { get; }

    /// <summary>True while somebody in this process takes spans.</summary>
    public static bool IsHeard => Source.HasListeners();

    /// <summary>True for a span of this job.</summary>
    public bool Holds(Activity span)
    {
        ArgumentNullException.ThrowIfNull(span);
        return span.TraceId == Id;
    }

    /// <summary>Starts a span of the job; null when nobody takes it.</summary>
    /// <param name="parent">The span it is part of; null for one that stands at the top.</param>
    internal Activity? Start(string name, Activity? parent = null, DateTimeOffset begin = default)
    {
        // Without a span id in its context a span has no parent, but it has the trace.
        ActivityContext context = parent?.Context ?? new ActivityContext(Id, default, ActivityTraceFlags.Recorded);
        Activity? span = Source.StartActivity(name, ActivityKind.Internal, context, startTime: begin);
        span?.SetTag(TraceNames.JobId, Job);
        return span;
    }
}
