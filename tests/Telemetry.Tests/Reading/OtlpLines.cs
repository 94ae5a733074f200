using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OrleansSgd.Telemetry.Tests.Reading;

/// <summary>Reads OTLP JSON lines as the specification says they are, and fails on anything it does not say.</summary>
internal static class OtlpLines
{
    public static List<ReadSpan> Read(byte[] file)
    {
        List<ReadSpan> spans = [];
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(file);
        Assert.True(text.Length == 0 || text[^1] == '\n', "The last line has no end.");
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            foreach (JsonElement resource in Members(document.RootElement, "resourceSpans").GetProperty("resourceSpans").EnumerateArray())
            {
                List<KeyValuePair<string, object>> about = Attributes(Members(resource, "resource", "scopeSpans").GetProperty("resource"));
                Assert.Equal("orleans-sgd", about.Single(one => one.Key == "service.name").Value);
                foreach (JsonElement scope in resource.GetProperty("scopeSpans").EnumerateArray())
                {
                    Assert.Equal("OrleansSgd", Members(scope, "scope", "spans").GetProperty("scope").GetProperty("name").GetString());
                    spans.AddRange(scope.GetProperty("spans").EnumerateArray().Select(Span));
                }
            }
        }

        return spans;
    }

    private static ReadSpan Span(JsonElement span)
    {
        Members(span, "traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes");
        return new ReadSpan(
            Id(span.GetProperty("traceId"), 32),
            Id(span.GetProperty("spanId"), 16),
            span.TryGetProperty("parentSpanId", out JsonElement parent) ? Id(parent, 16) : null,
            span.GetProperty("name").GetString()!,
            span.GetProperty("kind").GetInt64(),
            Integer(span.GetProperty("startTimeUnixNano")),
            Integer(span.GetProperty("endTimeUnixNano")),
            Attributes(span));
    }

    private static List<KeyValuePair<string, object>> Attributes(JsonElement owner) =>
    [
        .. owner.GetProperty("attributes").EnumerateArray().Select(one => KeyValuePair.Create(
            Members(one, "key", "value").GetProperty("key").GetString()!, Value(one.GetProperty("value")))),
    ];

    private static object Value(JsonElement value)
    {
        JsonProperty only = Assert.Single(value.EnumerateObject());
        return only.Name switch
        {
            "stringValue" => only.Value.GetString()!,
            "boolValue" => only.Value.GetBoolean(),
            "intValue" => Integer(only.Value),
            "doubleValue" when only.Value.ValueKind == JsonValueKind.String => only.Value.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => throw new InvalidDataException($"'{only.Value}' is no real."),
            },
            "doubleValue" => only.Value.GetDouble(),
            "bytesValue" => only.Value.GetBytesFromBase64(),
            "arrayValue" => only.Value.GetProperty("values").EnumerateArray().Select(one => (long)Value(one)).ToArray(),
            _ => throw new InvalidDataException($"'{only.Name}' is no value of OTLP."),
        };
    }

    private static long Integer(JsonElement value) => long.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    private static string Id(JsonElement value, int length)
    {
        string id = value.GetString()!;
        Assert.Matches($"^[0-9a-f]{{{length}}}$", id);
        Assert.NotEqual(new string('0', length), id);
        return id;
    }

    private static JsonElement Members(JsonElement element, params string[] known)
    {
        Assert.All(element.EnumerateObject(), one => Assert.Contains(one.Name, known));
        return element;
    }
}
