using System.Diagnostics;
using System.Globalization;

namespace OrleansSgd.Telemetry.Spans;

/// <summary>A timed span, kept for a while after it ended.</summary>
/// <param name="Id">Id of the span.</param>
/// <param name="Job">The job it belongs to.</param>
/// <param name="Name">What it is a span of.</param>
/// <param name="Ticket">The ticket it belongs to.</param>
/// <param name="Worker">Index of the worker; −1 for a shard's span.</param>
/// <param name="Shard">Index of the shard; −1 for a span of all shards.</param>
/// <param name="BeginMicroseconds">Since 1970, UTC.</param>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Delay">As measured; −1 when it has none.</param>
/// <param name="Bytes">Of its frame; −1 when it has none.</param>
/// <param name="Outcome">What came of it; null when nothing is said.</param>
public sealed record TimedSpan(
    string Id, string Job, string Name, long Ticket, int Worker, int Shard, long BeginMicroseconds, long Microseconds, long Delay, long Bytes,
    string? Outcome)
{
    /// <summary>What a span says of a ticket; null for one that belongs to none.</summary>
    public static TimedSpan? Of(Activity span)
    {
        ArgumentNullException.ThrowIfNull(span);
        long ticket = Number(span, TraceNames.Ticket);
        bool isOfTicket = ticket >= 0 && span.OperationName != TraceNames.Checkpoint;
        return !isOfTicket || span.GetTagItem(TraceNames.JobId) is not string job ? null : new TimedSpan(
            span.SpanId.ToHexString(), job, span.OperationName, ticket, (int)Number(span, TraceNames.Worker), (int)Number(span, TraceNames.Shard),
            (span.StartTimeUtc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, span.Duration.Ticks / TimeSpan.TicksPerMicrosecond,
            Number(span, TraceNames.Delay), Number(span, TraceNames.Bytes), span.GetTagItem(TraceNames.Outcome) as string);
    }

    private static long Number(Activity span, string tag) =>
        span.GetTagItem(tag) is { } value and (int or long) ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : -1;
}
