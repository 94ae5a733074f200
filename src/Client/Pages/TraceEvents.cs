using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansSgd.Client.Reports;
using OrleansSgd.Core.Consistency.Monitoring;
using OrleansSgd.Telemetry;

namespace OrleansSgd.Client.Pages;

/// <summary>Tells a trace as the events of a run, as far as it knows them: plan, losses at cuts, some delays and gaps, the figures at the end.</summary>
/// <remarks>
/// For people, not for proofs: nothing is checked or computed again here, which is what <c>grid certify</c> does. Delays are those of the sampled steps.
/// docs/trace-format.md has the names.
/// </remarks>
internal sealed class TraceEvents
{
    private const double NanosecondsPerSecond = 1e9;

    private static readonly string[] Wanted = [TraceNames.LedgerOpen, TraceNames.LedgerCut, TraceNames.LedgerClose, TraceNames.Step];

    private readonly StringBuilder _text = new();
    private readonly EventWriter _events;
    private readonly DelayHistogram _delays = new();
    private string? _job;
    private double _begun = double.NaN;
    private double _lastCut = -1;
    private bool _hasClosed;

    private TraceEvents(string? job)
    {
        _job = job;
        _events = new EventWriter(new StringWriter(_text, CultureInfo.InvariantCulture));
    }

    /// <summary>The events, one a line.</summary>
    /// <param name="lines">Of a trace.</param>
    /// <param name="source">Name of the file, for errors and as the trace of the run.</param>
    /// <param name="job">Which job; null for the first.</param>
    /// <exception cref="InvalidDataException">There is no such job in it.</exception>
    public static IEnumerable<string> Of(IEnumerable<string> lines, string source, string? job)
    {
        var events = new TraceEvents(job);
        foreach (string line in lines.Where(line => Array.Exists(Wanted, name => line.Contains($"\"name\":\"{name}\"", StringComparison.Ordinal))))
        {
            events.Take(line, source);
        }

        return events.Finish(source);
    }

    private void Take(string line, string source)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return; // the end of a trace whose writer was killed
        }

        using (document)
        {
            foreach (JsonElement resource in Items(document.RootElement, "resourceSpans"))
            {
                foreach (JsonElement span in Items(resource, "scopeSpans").SelectMany(scope => Items(scope, "spans")))
                {
                    Take(span, source);
                }
            }
        }
    }

    private void Take(JsonElement span, string source)
    {
        var fields = Items(span, "attributes").ToDictionary(one => one.GetProperty("key").GetString()!, one => one.GetProperty("value").Clone());
        string? job = Text(fields, TraceNames.JobId);
        string name = RunStory.Text(span, "name") ?? "";
        if (name == TraceNames.LedgerOpen && (_job is null || _job == job) && double.IsNaN(_begun))
        {
            Open(span, fields, job);
        }
        else if (job is null || job != _job || double.IsNaN(_begun))
        {
            return;
        }
        else if (name == TraceNames.LedgerCut && Number(fields, TraceNames.Ticket) is var ticket && ticket > _lastCut)
        {
            // A coordinator that goes on writes the cuts of the one before it again.
            _lastCut = ticket;
            Progress(span, fields, Number(fields, TraceNames.Loss), double.NaN);
        }
        else if (name == TraceNames.Step)
        {
            Step(span, fields);
        }
        else if (name == TraceNames.LedgerClose && !_hasClosed)
        {
            Close(fields, source);
        }
    }

    private void Open(JsonElement span, Dictionary<string, JsonElement> fields, string? job)
    {
        _job = job;
        _begun = Seconds(span);
        _events.Write("about", json =>
        {
            json.Text("startedAt", DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(_begun)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            if (Text(fields, TraceNames.Plan) is { } plan)
            {
                using var parsed = JsonDocument.Parse(plan);
                json.Value("plan", parsed.RootElement);
            }
        });
        _events.Write("started", json =>
        {
            json.Text("job", job);
            json.Measure("workers", Number(fields, TraceNames.Workers));
            json.Measure("shards", Number(fields, TraceNames.Shards));
            json.Measure("parameters", Number(fields, TraceNames.Parameters));
            if (ulong.TryParse(Text(fields, TraceNames.Seed), CultureInfo.InvariantCulture, out ulong seed))
            {
                json.Seed("seed", seed);
            }
        });
    }

    private void Step(JsonElement span, Dictionary<string, JsonElement> fields)
    {
        double delay = Number(fields, TraceNames.Delay);
        if (delay >= 0)
        {
            _delays.Add((long)delay);
        }

        if (Number(fields, TraceNames.Gap) is var gap && double.IsFinite(gap))
        {
            Progress(span, fields, double.NaN, gap);
        }
    }

    private void Progress(JsonElement span, Dictionary<string, JsonElement> fields, double loss, double gap) => _events.Write("progress", json =>
    {
        json.Measure("seconds", Math.Max(0, Seconds(span) - _begun));
        json.Measure("tickets", Number(fields, TraceNames.Ticket));
        json.Measure("loss", loss);
        json.Measure("gapMean", gap);
    });

    private void Close(Dictionary<string, JsonElement> fields, string source)
    {
        _hasClosed = true;
        WriteDelays();
        _events.Write(Text(fields, TraceNames.Outcome) ?? "failed", json =>
        {
            json.Measure("tickets", Number(fields, TraceNames.Tickets));
            json.Measure("delayMean", Number(fields, TraceNames.DelayMean));
            json.Measure("delayMax", Number(fields, TraceNames.DelayMax));
            json.Measure("gapMean", Number(fields, TraceNames.GapMean));
            json.Group("certificate", group =>
            {
                string? status = Text(fields, TraceNames.CertificateStatus);
                group.Text("status", status);
                group.Text("reason", Text(fields, TraceNames.CertificateReason));
                if (status != Grains.Contracts.CertificateProgress.Void)
                {
                    group.Measure("value", Number(fields, TraceNames.CertificateValue));
                    group.Measure("optimisation", Number(fields, TraceNames.CertificateOptimisation));
                    group.Measure("staleness", Number(fields, TraceNames.CertificateStaleness));
                    group.Measure("noise", Number(fields, TraceNames.CertificateNoise));
                    group.Measure("bias", Number(fields, TraceNames.CertificateBias));
                    group.Measure("jump", Number(fields, TraceNames.CertificateJump));
                }

                group.Measure("boundPredicted", Number(fields, TraceNames.BoundPredicted));
                group.Text("condition", Text(fields, TraceNames.Condition));
            });
            json.Text("trace", Path.GetFileName(source));
        });
    }

    private string[] Finish(string source)
    {
        if (double.IsNaN(_begun))
        {
            throw new InvalidDataException(_job is null
                ? $"{source} is a trace in which no job begins; name that of the silo which coordinated it."
                : $"{source} is a trace in which no job {_job} begins; leave --job out for the first one in it.");
        }

        if (!_hasClosed)
        {
            WriteDelays();
        }

        return _text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private void WriteDelays()
    {
        if (_delays.Counts.IsEmpty)
        {
            return;
        }

        long[] counts = _delays.Counts.ToArray();
        _events.Write("delays", json =>
        {
            json.Number("width", _delays.Width);
            json.Numbers("counts", counts);
            json.Flag("sampled", true);
        });
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement fields, string name) =>
        RunStory.Field(fields, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : default;

    private static double Seconds(JsonElement span) =>
        double.TryParse(RunStory.Text(span, "startTimeUnixNano"), CultureInfo.InvariantCulture, out double nanoseconds)
            ? nanoseconds / NanosecondsPerSecond
            : 0;

    private static string? Text(Dictionary<string, JsonElement> fields, string name) =>
        fields.TryGetValue(name, out JsonElement value) ? RunStory.Text(value, "stringValue") : null;

    // OTLP writes 64-bit integers as texts, and reals that are not finite as well.
    private static double Number(Dictionary<string, JsonElement> fields, string name) =>
        !fields.TryGetValue(name, out JsonElement value) ? double.NaN
        : RunStory.Text(value, "intValue") is { } whole ? double.Parse(whole, CultureInfo.InvariantCulture)
        : RunStory.Number(value, "doubleValue");
}
