using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansSgd.Telemetry.Export;

/// <summary>Spans as OTLP JSON: one <c>ExportTraceServiceRequest</c> a line.</summary>
/// <remarks>
/// OTLP departs from protobuf's JSON mapping in two points: ids are hexadecimal, enums are numbers. As there, 64-bit integers are strings, bytes
/// are base64, and reals that are no numbers are strings.
/// </remarks>
internal static class OtlpJson
{
    /// <summary>What names the product in every line.</summary>
    public const string ServiceName = "orleans-sgd";

    private const int KindInternal = 1;
    private const long NanosecondsPerTick = 100;

    /// <summary>Relaxed: the lines are files, not web pages, and quotes inside the plan stay readable.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter json, IReadOnlyList<Activity> spans)
    {
        json.WriteStartObject();
        json.WriteStartArray("resourceSpans");
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteStartArray("attributes");
        Write(json, "service.name", ServiceName);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("scopeSpans");
        json.WriteStartObject();
        json.WriteStartObject("scope");
        json.WriteString("name", TraceNames.Source);
        json.WriteEndObject();
        json.WriteStartArray("spans");
        for (int i = 0; i < spans.Count; i++)
        {
            Write(json, spans[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Activity span)
    {
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId.ToHexString());
        json.WriteString("spanId", span.SpanId.ToHexString());
        if (span.ParentSpanId != default)
        {
            json.WriteString("parentSpanId", span.ParentSpanId.ToHexString());
        }

        json.WriteString("name", span.OperationName);
        json.WriteNumber("kind", KindInternal);
        json.WriteString("startTimeUnixNano", Nanoseconds(span.StartTimeUtc));
        json.WriteString("endTimeUnixNano", Nanoseconds(span.StartTimeUtc + span.Duration));
        json.WriteStartArray("attributes");
        foreach (ref readonly KeyValuePair<string, object?> tag in span.EnumerateTagObjects())
        {
            Write(json, tag.Key, tag.Value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string key, object? value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        WriteValue(json, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBoolean("boolValue", flag);
                break;
            case int or long:
                json.WriteString("intValue", Convert.ToInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
                break;
            case double real when double.IsFinite(real):
                json.WriteNumber("doubleValue", real);
                break;
            case double real:
                json.WriteString("doubleValue", double.IsNaN(real) ? "NaN" : real > 0 ? "Infinity" : "-Infinity");
                break;
            case byte[] bytes:
                json.WriteBase64String("bytesValue", bytes);
                break;
            case long[] integers:
                json.WriteStartObject("arrayValue");
                json.WriteStartArray("values");
                foreach (long integer in integers)
                {
                    json.WriteStartObject();
                    json.WriteString("intValue", integer.ToString(CultureInfo.InvariantCulture));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            default:
                json.WriteString("stringValue", Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Nanoseconds(DateTime utc) =>
        ((utc - DateTime.UnixEpoch).Ticks * NanosecondsPerTick).ToString(CultureInfo.InvariantCulture);
}
