using System.Diagnostics;

namespace OrleansSgd.Telemetry.Spans;

/// <summary>Timed spans of a job's coordinator and shards: <c>job</c>, <c>apply</c>, <c>checkpoint</c>, <c>rebalance</c>.</summary>
/// <remarks>
/// Each is made when what it tells of is over, from the stopwatch's reading (<see cref="Stopwatch.GetTimestamp"/>) at its begin. Any thread may call.
/// </remarks>
public sealed class JobSpans
{
    private readonly JobTrace _job;
    private readonly SpanSampling _sampling;

    /// <param name="every">About one ticket in so many has an <c>apply</c> span; 1 for all, 0 for none. Give workers the same.</param>
    public JobSpans(JobTrace job, int every = SpanSampling.EveryDefault)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentOutOfRangeException.ThrowIfNegative(every);
        _job = job;
        _sampling = new SpanSampling(every);
    }

    /// <summary>True when an <see cref="Apply"/> of this ticket would be recorded: otherwise no begin need be read.</summary>
    public bool Takes(long ticket) => _sampling.Takes(ticket) && JobTrace.IsHeard;

    /// <summary>The run is over.</summary>
    /// <param name="outcome">Such as <c>completed</c>.</param>
    public void Run(long begin, string mode, int workers, int shards, long tickets, string outcome) => Make(TraceNames.Job, begin, span =>
    {
        span.SetTag(TraceNames.Mode, mode);
        span.SetTag(TraceNames.Workers, workers);
        span.SetTag(TraceNames.Shards, shards);
        span.SetTag(TraceNames.Tickets, tickets);
        span.SetTag(TraceNames.Outcome, outcome);
    });

    /// <summary>A shard took an update, or refused it.</summary>
    /// <param name="version">Updates the shard has applied, this one included.</param>
    /// <param name="delay">Updates it applied between the pull and now.</param>
    /// <param name="outcome">What it did.</param>
    public void Apply(long begin, int shard, int incarnation, long ticket, long version, long delay, int bytes, string outcome)
    {
        if (Takes(ticket))
        {
            MakeApply(begin, shard, incarnation, ticket, version, delay, bytes, outcome);
        }
    }

    /// <summary>The job's state was written away.</summary>
    /// <param name="ticket">The cut it was taken at.</param>
    public void Checkpoint(long begin, long ticket, long bytes) => Make(TraceNames.Checkpoint, begin, span =>
    {
        span.SetTag(TraceNames.Ticket, ticket);
        span.SetTag(TraceNames.Bytes, bytes);
    });

    /// <summary>Members of the job got other homes.</summary>
    /// <param name="reason">Why, such as a silo that left.</param>
    public void Rebalance(long begin, int workersMoved, int shardsMoved, string reason) => Make(TraceNames.Rebalance, begin, span =>
    {
        span.SetTag(TraceNames.WorkersMoved, workersMoved);
        span.SetTag(TraceNames.ShardsMoved, shardsMoved);
        span.SetTag(TraceNames.Reason, reason);
    });

    // On its own, so that only tickets that are picked pay for what the lambda captures.
    private void MakeApply(long begin, int shard, int incarnation, long ticket, long version, long delay, int bytes, string outcome) =>
        Make(TraceNames.Apply, begin, span =>
        {
            span.SetTag(TraceNames.Ticket, ticket);
            span.SetTag(TraceNames.Shard, shard);
            span.SetTag(TraceNames.Incarnation, incarnation);
            span.SetTag(TraceNames.Version, version);
            span.SetTag(TraceNames.Delay, delay);
            span.SetTag(TraceNames.Bytes, bytes);
            span.SetTag(TraceNames.Outcome, outcome);
        });

    private void Make(string name, long begin, Action<Activity> describe)
    {
        if (JobTrace.IsHeard && _job.Start(name, null, SpanClock.Now().At(begin)) is { } span)
        {
            describe(span);
            span.Dispose();
        }
    }
}
