using System.Text.RegularExpressions;
using System.Xml.Linq;
using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Docker;

/// <summary>What a Dockerfile of ours must hold.</summary>
internal static partial class DockerfileRules
{
    private static readonly string[] Ports = ["11111", "30000", "8265"];

    /// <summary>Everything wrong with the file.</summary>
    /// <param name="ignore">The text of the ignore file beside it.</param>
    /// <param name="read">The text of a file by its path from the root; null when there is none. Folders have the empty text.</param>
    public static IEnumerable<string> Findings(string text, string ignore, Func<string, string?> read)
    {
        Instruction[] all = [.. Instructions(text)];
        Instruction[] final = [.. all.Skip(Array.FindLastIndex(all, one => one.Word == "FROM"))];
        return
        [
            .. all.Where(one => one.Word == "FROM").Select(one => SiloSettings.Unpinned(one.Parts[0])).OfType<string>(),
            .. all.Where(one => one.Word == "ADD").Select(one => $"line {one.Line}: ADD fetches and unpacks what nobody looked at; use COPY."),
            .. all.Where(one => one.Word is "ENV" or "ARG").SelectMany(Settings),
            .. all.Where(one => one.Word == "RUN" && Unsafe().IsMatch(one.Text)).Select(one => $"line {one.Line}: what is piped into a shell is not pinned."),
            .. Copies(all, ignore, read),
            .. Restores(all, read),
            .. Final(final),
        ];
    }

    private static IEnumerable<string> Final(Instruction[] final)
    {
        if (!User().IsMatch(final.LastOrDefault(one => one.Word == "USER")?.Text ?? ""))
        {
            yield return "The image runs as root, or as a user without a number; end with USER and two numbers.";
        }

        if (final.LastOrDefault(one => one.Word == "HEALTHCHECK") is not { } check || !check.Text.Contains("CMD [", StringComparison.Ordinal))
        {
            yield return "The image has no HEALTHCHECK in the form CMD [\"…\"].";
        }

        foreach (string word in (string[])["ENTRYPOINT", "CMD"])
        {
            // A shell in between would keep the termination signal from the program, and nothing would be handed over.
            if (final.LastOrDefault(one => one.Word == word)?.Text.StartsWith('[') != true)
            {
                yield return $"{word} is missing or is run by a shell; write it as a list.";
            }
        }

        string[] exposed = [.. final.Where(one => one.Word == "EXPOSE").SelectMany(one => one.Parts)];
        if (!exposed.Order(StringComparer.Ordinal).SequenceEqual(Ports.Order(StringComparer.Ordinal)))
        {
            yield return $"EXPOSE names {string.Join(", ", exposed)}; a silo listens on {string.Join(", ", Ports)}.";
        }
    }

    private static IEnumerable<string> Copies(Instruction[] all, string ignore, Func<string, string?> read)
    {
        string[] stages = [.. all.Where(one => one.Word == "FROM").Select(one => one.Parts[^1])];
        string[] lets = [.. ignore.Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..].Trim())];
        foreach (Instruction copy in all.Where(one => one.Word == "COPY"))
        {
            if (copy.Parts[0].StartsWith("--from=", StringComparison.Ordinal))
            {
                if (!stages.Contains(copy.Parts[0]["--from=".Length..]))
                {
                    yield return $"line {copy.Line}: {copy.Parts[0]} names no stage.";
                }

                continue;
            }

            foreach (string source in copy.Parts[..^1].Select(part => part.TrimEnd('/')))
            {
                if (read(source) is null)
                {
                    yield return $"line {copy.Line}: {source} is not in the checkout.";
                }
                else if (!lets.Any(open => source == open || source.StartsWith(open + "/", StringComparison.Ordinal)))
                {
                    yield return $"line {copy.Line}: {source} is kept out by the ignore file.";
                }
            }
        }
    }

    // A project that is not there when packages are restored fails the build, or restores for nothing.
    private static IEnumerable<string> Restores(Instruction[] all, Func<string, string?> read)
    {
        Instruction? restore = all.FirstOrDefault(one => one.Word == "RUN" && one.Text.Contains("dotnet restore ", StringComparison.Ordinal));
        if (restore is null)
        {
            yield return "Packages have no layer of their own; restore before the sources are copied.";
            yield break;
        }

        string[] before = [.. all.TakeWhile(one => one != restore).Where(one => one.Word == "COPY").SelectMany(one => one.Parts[..^1])];
        if (before.Any(source => source.TrimEnd('/') is "src" or "."))
        {
            yield return $"line {restore.Line}: the sources are copied before packages are restored, so each change restores anew.";
        }

        string project = restore.Text.Split("dotnet restore ")[1].Split(' ')[0];
        foreach (string needed in Closure(project, read).Where(needed => !before.Contains(needed)))
        {
            yield return $"line {restore.Line}: {needed} is not copied before packages are restored.";
        }
    }

    private static HashSet<string> Closure(string project, Func<string, string?> read)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { project };
        var left = new Queue<string>(found);
        while (left.TryDequeue(out string? next))
        {
            string folder = next[..next.LastIndexOf('/')];
            foreach (XElement reference in XElement.Parse(read(next) ?? "<Project/>").Descendants("ProjectReference"))
            {
                string other = Resolve(folder, reference.Attribute("Include")!.Value);
                if (found.Add(other))
                {
                    left.Enqueue(other);
                }
            }
        }

        return found;
    }

    private static string Resolve(string folder, string relative)
    {
        var parts = new List<string>(folder.Split('/'));
        foreach (string step in relative.Split('/'))
        {
            if (step == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                parts.Add(step);
            }
        }

        return string.Join('/', parts);
    }

    private static IEnumerable<string> Settings(Instruction one)
    {
        foreach (string name in Variable().Matches(one.Text).Select(match => match.Groups["name"].Value))
        {
            if (one.Word == "ENV" && !SiloSettings.Knows(name))
            {
                yield return $"line {one.Line}: nobody reads {name}.";
            }

            if (Secret().IsMatch(name))
            {
                yield return $"line {one.Line}: {name} would stay in the image for everybody who has it; give it at run time.";
            }
        }
    }

    private static IEnumerable<Instruction> Instructions(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            int line = i + 1;
            string joined = lines[i].Trim();
            if (joined.Length == 0 || joined.StartsWith('#'))
            {
                continue;
            }

            while (joined.EndsWith('\\'))
            {
                joined = joined[..^1].TrimEnd() + " " + lines[++i].Trim();
            }

            string word = joined.Split(' ')[0];
            yield return new(line, word.ToUpperInvariant(), joined[word.Length..].Trim());
        }
    }

    private sealed record Instruction(int Line, string Word, string Text)
    {
        public string[] Parts { get; } = Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("^[1-9][0-9]*:[1-9][0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex(@"\|\s*(sudo\s+)?(ba)?sh\b", RegexOptions.CultureInvariant)]
    private static partial Regex Unsafe();

    [GeneratedRegex(@"(?:^|\s)(?<name>[A-Za-z_]+)=", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex("PASSWORD$|TOKEN$|SECRET|CONNECTION$|_KEY$", RegexOptions.CultureInvariant)]
    private static partial Regex Secret();
}
