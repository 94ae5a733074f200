using System.Text.Json;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>Numbers that may not be known, in JSON: absent as a property, null in a list, never NaN.</summary>
internal static class JsonFigures
{
    // Six digits draw any curve and print any table; the shortest exact form would take three times the bytes.
    private const int Digits = 6;

    /// <summary>A number of a list.</summary>
    public static void WriteFigure(this Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(Rounded(value));
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>A property, when it is known.</summary>
    public static void WriteKnown(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, Rounded(value));
        }
    }

    /// <summary>A property, when there is something to say.</summary>
    public static void WriteKnown(this Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    /// <summary>A list of sentences.</summary>
    public static void WriteList(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static double Rounded(double value)
    {
        if (value == 0)
        {
            return 0;
        }

        int power = Digits - 1 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        double scale = Math.Pow(10, Math.Abs(power));
        double rounded = power >= 0 ? Math.Round(value * scale) / scale : Math.Round(value / scale) * scale;
        return double.IsFinite(rounded) ? rounded : value;
    }
}
