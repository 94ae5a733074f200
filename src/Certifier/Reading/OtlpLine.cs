using System.Globalization;
using System.Text.Json;

namespace OrleansSgd.Certifier.Reading;

/// <summary>Takes the ledger spans out of one line: an <c>ExportTraceServiceRequest</c> in OTLP JSON.</summary>
/// <remarks>Spans of other scopes and timed spans are passed over. Keys that OTLP may add are ignored; a key that stands twice is refused.</remarks>
internal static class OtlpLine
{
    /// <summary>The scope of this project's spans.</summary>
    public const string Scope = "OrleansSgd";

    /// <summary>Before the name of every ledger span.</summary>
    public const string LedgerPrefix = "ledger.";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The ledger spans of a line, in order.</summary>
    /// <param name="line">UTF-8, without newline.</param>
    /// <param name="isTerminated">False when the file ends with this line and no newline: then damage means that it was cut off.</param>
    /// <exception cref="InvalidDataException">The line is no OTLP JSON.</exception>
    public static List<LedgerSpan> Read(ReadOnlyMemory<byte> line, TracePlace place, bool isTerminated)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Strict);
            var spans = new List<LedgerSpan>();
            foreach (JsonElement resource in List(document.RootElement, "resourceSpans"))
            {
                foreach (JsonElement scope in List(resource, "scopeSpans"))
                {
                    AddScope(spans, scope, place);
                }
            }

            return spans;
        }
        catch (JsonException error)
        {
            throw place.Damage(isTerminated
                ? $"no JSON at byte {error.BytePositionInLine}; expected one OTLP JSON object a line. The file was changed or damaged."
                : "the last line is cut off. The file was copied before it was finished, or its disk was full; copy it again.");
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or OverflowException or KeyNotFoundException)
        {
            throw place.Damage($"no OTLP JSON ({error.Message.TrimEnd('.')}); expected one ExportTraceServiceRequest a line.");
        }
    }

    private static void AddScope(List<LedgerSpan> spans, JsonElement scopeSpans, TracePlace place)
    {
        if (!scopeSpans.TryGetProperty("scope", out JsonElement scope) || Name(scope) != Scope)
        {
            return;
        }

        foreach (JsonElement span in List(scopeSpans, "spans"))
        {
            string name = Name(span);
            if (name.StartsWith(LedgerPrefix, StringComparison.Ordinal))
            {
                spans.Add(new LedgerSpan(place, name, Start(span), Attributes(span, place, name)));
            }
        }
    }

    private static string Name(JsonElement element) => element.TryGetProperty("name", out JsonElement name) ? name.GetString() ?? "" : "";

    private static JsonElement.ArrayEnumerator List(JsonElement element, string key) =>
        element.TryGetProperty(key, out JsonElement list) ? list.EnumerateArray() : default;

    private static ulong Start(JsonElement span)
    {
        bool known = span.TryGetProperty("startTimeUnixNano", out JsonElement start);
        return !known ? 0
            : start.ValueKind == JsonValueKind.Number ? start.GetUInt64()
            : ulong.Parse(start.GetString() ?? "", NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static SpanAttribute[] Attributes(JsonElement span, TracePlace place, string name)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var attributes = new List<SpanAttribute>();
        foreach (JsonElement item in List(span, "attributes"))
        {
            string key = item.GetProperty("key").GetString() ?? "";
            if (!names.Add(key))
            {
                throw place.Damage($"{name} has attribute {key} twice.");
            }

            attributes.Add(Attribute(key, item.GetProperty("value")));
        }

        return [.. attributes];
    }

    private static SpanAttribute Attribute(string key, JsonElement value)
    {
        foreach (JsonProperty kind in value.EnumerateObject())
        {
            switch (kind.Name)
            {
                case "stringValue":
                    return new(key, AttributeKind.Text, kind.Value.GetString() ?? "", 0, 0);
                case "bytesValue":
                    return new(key, AttributeKind.Bytes, kind.Value.GetString() ?? "", 0, 0);
                case "boolValue":
                    bool truth = kind.Value.GetBoolean();
                    return new(key, AttributeKind.Truth, truth ? "true" : "false", truth ? 1 : 0, 0);
                case "intValue":
                    long integer = kind.Value.ValueKind == JsonValueKind.Number
                        ? kind.Value.GetInt64()
                        : long.Parse(kind.Value.GetString() ?? "", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                    return new(key, AttributeKind.Integer, integer.ToString(CultureInfo.InvariantCulture), integer, 0);
                case "doubleValue":
                    return new(key, AttributeKind.Real, "", 0, Real(kind.Value));
                default:
                    return new(key, AttributeKind.Other, kind.Value.GetRawText(), 0, 0);
            }
        }

        return new(key, AttributeKind.Other, "", 0, 0);
    }

    // OTLP JSON writes what JSON has no number for as a text, as protobuf does.
    private static double Real(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            string text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
            null => throw new FormatException("A doubleValue is null."),
        };
}
