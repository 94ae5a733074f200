using System.Buffers;
using System.Text.Json;
using Orleans.Runtime.Placement;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Traces;

/// <summary>The newest updates of a job of which every part was timed, gathered from all silos.</summary>
/// <remarks>About one update in 256 is picked, by its ticket alone, so all silos picked the same. To ask makes the silos listen for a minute.</remarks>
internal sealed class TraceReader(DashboardOptions options)
{
    /// <summary>Updates that are shown: the newest.</summary>
    public const int UpdatesMax = 50;

    /// <summary>The updates as JSON: <c>{"updates":[{"ticket","worker","spans":[…]}]}</c>, newest first; times in microseconds from the update's begin.</summary>
    /// <param name="silos">The silos that are up.</param>
    public async Task<byte[]> ReadAsync(string job, IReadOnlyList<string> silos)
    {
        var spans = new Dictionary<string, SpanLine>(); // by id: silos of one process tell of the same ones
        IEnumerable<Task<SpanLine[]>> questions = silos.Select(silo => AskAsync(job, silo)).ToArray();
        foreach (Task<SpanLine[]> question in questions)
        {
            foreach (SpanLine span in await question)
            {
                spans[span.Id] = span;
            }
        }

        return Write(spans.Values);
    }

    // A silo that does not answer has gone; what the others know is shown.
    private async Task<SpanLine[]> AskAsync(string job, string silo)
    {
        try
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(silo));
            return await options.Grains().GetGrain<ISpanGrain>(silo).Recent(job);
        }
        catch (Exception error) when (error is TimeoutException or OrleansException or InvalidOperationException)
        {
            return [];
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    private static byte[] Write(IEnumerable<SpanLine> spans)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("updates");

            // A shard's span may be there before the worker has finished: an update is shown once its step is.
            foreach (IGrouping<long, SpanLine> update in spans.GroupBy(span => span.Ticket)
                .Where(update => update.Any(span => span.Name == Telemetry.TraceNames.Step)).OrderByDescending(update => update.Key).Take(UpdatesMax))
            {
                Write(json, update);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter json, IGrouping<long, SpanLine> update)
    {
        SpanLine[] spans = [.. update.OrderBy(span => span.BeginMicroseconds).ThenByDescending(span => span.Microseconds)];
        SpanLine step = spans.First(span => span.Name == Telemetry.TraceNames.Step);
        long begin = spans[0].BeginMicroseconds;
        json.WriteStartObject();
        json.WriteNumber("ticket", update.Key);
        json.WriteNumber("worker", step.Worker);
        if (step.Delay >= 0)
        {
            json.WriteNumber("delay", step.Delay);
        }

        json.WriteStartArray("spans");
        foreach (SpanLine span in spans)
        {
            json.WriteStartObject();
            json.WriteString("name", span.Name);
            json.WriteNumber("begin", span.BeginMicroseconds - begin);
            json.WriteNumber("took", span.Microseconds);
            if (span.Shard >= 0)
            {
                json.WriteNumber("shard", span.Shard);
            }

            if (span.Bytes >= 0)
            {
                json.WriteNumber("bytes", span.Bytes);
            }

            if (span.Outcome is { } outcome)
            {
                json.WriteString("outcome", outcome);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
