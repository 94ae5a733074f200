using OrleansSgd.Telemetry.Spans;

namespace OrleansSgd.Grains.Contracts;

/// <summary>The newest timed spans of one silo's process. Key: the silo's address; ask with the silo as placement hint.</summary>
[Alias("OrleansSgd.ISpanGrain")]
public interface ISpanGrain : IGrainWithStringKey
{
    /// <summary>Spans of the tickets of one job that were picked lately, oldest first. The first question begins the listening: it finds nothing.</summary>
    [Alias("Recent")]
    Task<SpanLine[]> Recent(string job);
}

/// <summary>A timed span on its way to who draws it.</summary>
/// <param name="Id">Id of the span: silos of one process tell of the same spans.</param>
/// <param name="Name">What it is a span of, as <see cref="Telemetry.TraceNames"/> has it.</param>
/// <param name="Ticket">The ticket it belongs to.</param>
/// <param name="Worker">Index of the worker; −1 for a shard's span.</param>
/// <param name="Shard">Index of the shard; −1 for a span of all shards.</param>
/// <param name="BeginMicroseconds">Since 1970, UTC, by the clock of the silo's machine.</param>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Delay">As measured; −1 when it has none.</param>
/// <param name="Bytes">Of its frame; −1 when it has none.</param>
/// <param name="Outcome">What came of it; null when nothing is said.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.SpanLine")]
public sealed record SpanLine(
    [property: Id(0)] string Id, [property: Id(1)] string Name, [property: Id(2)] long Ticket, [property: Id(3)] int Worker,
    [property: Id(4)] int Shard, [property: Id(5)] long BeginMicroseconds, [property: Id(6)] long Microseconds,
    [property: Id(7)] long Delay, [property: Id(8)] long Bytes, [property: Id(9)] string? Outcome)
{
    /// <summary>The span, for the wire.</summary>
    public static SpanLine Of(TimedSpan span)
    {
        ArgumentNullException.ThrowIfNull(span);
        return new(
            span.Id, span.Name, span.Ticket, span.Worker, span.Shard, span.BeginMicroseconds, span.Microseconds, span.Delay, span.Bytes, span.Outcome);
    }
}
