using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansSgd.Client.Reports;

/// <summary>Writes events: one JSON object a line, each line written whole and at once.</summary>
/// <remarks>What is not known (null, NaN, ∞) is left out, so that a reader never takes a placeholder for a measurement.</remarks>
internal sealed class EventWriter(TextWriter output)
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Writes one event.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fields">Writes its fields.</param>
    public void Write(string name, Action<EventFields> fields)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            fields(new EventFields(json));
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        output.Flush();
    }
}

/// <summary>The fields of one event.</summary>
internal readonly struct EventFields(Utf8JsonWriter json)
{
    /// <summary>A text, unless it is null.</summary>
    public void Text(string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    /// <summary>A count.</summary>
    public void Number(string name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    /// <summary>A count that needs all 64 bits.</summary>
    public void Seed(string name, ulong value) => json.WriteNumber(name, value);

    /// <summary>A measurement, unless it is not finite.</summary>
    public void Measure(string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
    }

    /// <summary>A yes or no, unless it is not known.</summary>
    public void Flag(string name, bool? value)
    {
        if (value is { } known)
        {
            json.WriteBoolean(name, known);
        }
    }

    /// <summary>An object with fields of its own.</summary>
    public void Group(string name, Action<EventFields> fields)
    {
        json.WriteStartObject(name);
        fields(this);
        json.WriteEndObject();
    }

    /// <summary>A list of counts, unless it is empty.</summary>
    public void Numbers(string name, IReadOnlyList<long> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (long value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>A value that is JSON already.</summary>
    public void Value(string name, JsonElement value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    /// <summary>A list of texts, unless it is empty.</summary>
    public void List(string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
