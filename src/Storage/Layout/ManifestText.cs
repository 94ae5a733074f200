using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansSgd.Core.Checkpoints;

namespace OrleansSgd.Storage.Layout;

/// <summary>The bytes of a manifest: one line that guards the rest, then JSON that a person can read.</summary>
/// <remarks>The first line is <c>orleanssgd-checkpoint LAYOUT CHECKSUM LENGTH</c>: CRC-32C and bytes of what follows it.</remarks>
internal static class ManifestText
{
    private const string Magic = "orleanssgd-checkpoint";

    // An honest first line takes at most this; what has no line end by then is something else.
    private const int FirstLineMax = 80;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read by people, never by a browser
    };

    /// <summary>Writes a manifest.</summary>
    public static byte[] Write(CheckpointManifest manifest)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(manifest, Json);
        string first = string.Create(CultureInfo.InvariantCulture, $"{Magic} {manifest.Layout} {Crc32C.Of(json):X8} {json.Length}\n");
        return [.. Encoding.ASCII.GetBytes(first), .. json];
    }

    /// <summary>Reads a manifest after checking all of it.</summary>
    /// <param name="job">The job it must be of.</param>
    /// <returns>The manifest, or why it cannot be used: a clause without a full stop.</returns>
    public static (CheckpointManifest? Manifest, string? Mistake) Read(ReadOnlySpan<byte> bytes, string job)
    {
        int end = bytes[..Math.Min(bytes.Length, FirstLineMax)].IndexOf((byte)'\n');
        string[] words = Encoding.ASCII.GetString(bytes[..Math.Max(end, 0)]).Split(' ');
        if (words.Length != 4 || words[0] != Magic || !int.TryParse(words[1], CultureInfo.InvariantCulture, out int layout))
        {
            return (null, $"it does not begin with '{Magic}', so it is cut short or something else");
        }

        if (layout != CheckpointManifest.LayoutNow)
        {
            return (null, $"it has layout {layout}, but this build reads {CheckpointManifest.LayoutNow}; resume with the version that wrote it");
        }

        ReadOnlySpan<byte> json = bytes[(end + 1)..];
        if (!int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length != json.Length)
        {
            return (null, $"it has {json.Length} bytes behind its first line, which says {words[3]}");
        }

        string checksum = Crc32C.Of(json).ToString("X8", CultureInfo.InvariantCulture);
        return checksum == words[2]
            ? Parse(json, job)
            : (null, $"its checksum is {checksum}, but its first line says {words[2]}");
    }

    private static (CheckpointManifest? Manifest, string? Mistake) Parse(ReadOnlySpan<byte> json, string job)
    {
        CheckpointManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<CheckpointManifest>(json, Json);
        }
        catch (JsonException error)
        {
            return (null, $"its text is no manifest: {error.Message.TrimEnd('.')}");
        }

        if (manifest is null || manifest.Parts is null)
        {
            return (null, "its text is no manifest");
        }

        if (manifest.Job != job)
        {
            return (null, $"it is of job '{manifest.Job}', so it is foreign here");
        }

        foreach (CheckpointPart part in manifest.Parts)
        {
            if (StoreNames.PathMistake(part?.Path ?? "") is { } mistake)
            {
                return (null, $"it names a foreign part: {mistake}");
            }
        }

        return (manifest, null);
    }
}
