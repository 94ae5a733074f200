using System.Globalization;
using System.Text.Json.Nodes;

namespace OrleansSgd.Client.JobFiles;

/// <summary>Turns one scalar of a job file, or of the command line, into the value its key wants.</summary>
internal static class JobScalars
{
    // A value in an error message is quoted up to here; a whole paragraph pasted as a value would hide the rest.
    private const int QuotedMax = 60;

    /// <summary>The value; null when the text is of another type.</summary>
    public static JsonNode? Read(JobValueKind kind, string text, bool isPlain) => kind switch
    {
        JobValueKind.Text => JsonValue.Create(text),
        JobValueKind.Whole when isPlain && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole) =>
            JsonValue.Create(whole),
        JobValueKind.Seed when isPlain && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) =>
            JsonValue.Create(seed),
        JobValueKind.Number when isPlain && IsNumber(text, out double number) => JsonValue.Create(number),
        JobValueKind.Switch when isPlain && text is "true" or "True" or "TRUE" => JsonValue.Create(true),
        JobValueKind.Switch when isPlain && text is "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ => null,
    };

    /// <summary>The text as an error quotes it.</summary>
    public static string Quote(string text)
    {
        string line = text.ReplaceLineEndings(" ");
        return line.Length <= QuotedMax ? $"'{line}'" : $"'{line[..QuotedMax]}…'";
    }

    private static bool IsNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite),
            CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);
}
