using System.Globalization;
using System.Text;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Core.Chaos;
using YamlDotNet.Core;

namespace OrleansSgd.Client.Chaos;

/// <summary>Scripts of churn in files: YAML, and so JSON too. docs/chaos.md is for people.</summary>
internal static class ChaosFile
{
    /// <summary>Longest file: a script of the most events has about 6 MB.</summary>
    public const int BytesMax = 16 << 20;

    private static readonly string[] FileKeys = ["seed", "events"];
    private static readonly string[] EventKeys = ["at", "event", "silo", "factor", "restartAfter", "lasts", "deadline"];

    /// <summary>Reads a script, or says everything that is wrong with it, each with its place.</summary>
    public static ChaosFileOutcome Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > BytesMax)
            {
                return Refused($"{path}: it is longer than {BytesMax} bytes, which no script is; name a script of grid chaos.");
            }

            text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refused($"{path}: there is no such file; check the path, or leave --script out for a drawn one.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return Refused($"{path}: it cannot be read ({error.Message.TrimEnd('.')}); name a readable YAML file.");
        }

        return Parse(text, path);
    }

    /// <summary>Reads text.</summary>
    /// <param name="source">The name in front of each mistake.</param>
    public static ChaosFileOutcome Parse(string text, string source)
    {
        try
        {
            return YamlTree.Parse(text) is YamlSection file
                ? new ChaosScriptReader(source).Read(file)
                : Refused($"{source}: it is no list of keys; a script has seed: N and events: […]. docs/chaos.md has an example.");
        }
        catch (YamlException error)
        {
            return Refused(string.Create(
                CultureInfo.InvariantCulture,
                $"{source}:{error.Start.Line}:{error.Start.Column}: this is not YAML as scripts use it: {error.Message.TrimEnd('.')}."));
        }
    }

    /// <summary>The script as <see cref="Parse"/> reads it, to the last bit.</summary>
    public static string TextOf(ChaosScript script)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Churn for grid chaos: play it with --script.\nseed: {script.Seed}\n");
        text.Append(script.Events.Count == 0 ? "events: []\n" : "events:\n");
        foreach (ChaosEvent one in script.Events)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{at: {one.At}, event: {NameOf(one.Kind)}, silo: {one.Silo}");
            if (one.Factor != 1)
            {
                text.Append(CultureInfo.InvariantCulture, $", factor: {one.Factor:R}");
            }

            if (one.UndoneAfter is { } undone)
            {
                text.Append(CultureInfo.InvariantCulture, $", {ChaosEvent.NameOfUndone(one.Kind)}: {undone}");
            }

            if (one.Deadline is { } deadline)
            {
                text.Append(CultureInfo.InvariantCulture, $", deadline: {deadline}");
            }

            text.Append("}\n");
        }

        return text.ToString();
    }

    /// <summary>The word for a kind of event.</summary>
    public static string NameOf(ChaosEventKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The kind that a word names; null when it names none.</summary>
    public static ChaosEventKind? KindOf(string word)
    {
        foreach (ChaosEventKind kind in Enum.GetValues<ChaosEventKind>())
        {
            if (NameOf(kind) == word)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>Keys of the file as a whole, or of one event.</summary>
    public static IReadOnlyList<string> KeysOf(bool isEvent) => isEvent ? EventKeys : FileKeys;

    private static ChaosFileOutcome Refused(string mistake) => new(null, [mistake]);
}

/// <summary>A script; or null, and every mistake, one sentence each.</summary>
internal sealed record ChaosFileOutcome(ChaosScript? Script, IReadOnlyList<string> Mistakes);
