using System.Globalization;
using System.Text.RegularExpressions;
using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Azure;

/// <summary>What a Bicep file of ours must hold. No compiler of the language is at hand everywhere, so this reads as much of it as we use.</summary>
internal static partial class BicepRules
{
    private static readonly string[] Functions =
    [
        "resourceGroup", "subscription", "subscriptionResourceId", "uniqueString", "take", "guid", "environment", "json", "string", "deployment",
    ];

    private static readonly string[] Words = ["true", "false", "null", "string", "int", "bool", "object", "array", "existing", "if", "for", "in"];

    /// <summary>Everything wrong with the file.</summary>
    public static IEnumerable<string> Findings(string text)
    {
        (string bare, string? open) = Bare(text);
        if (open is not null)
        {
            return [open];
        }

        List<Match> declared = [.. Declaration().Matches(bare).OfType<Match>()];
        string[] names = [.. declared.Select(match => match.Groups["name"].Value)];
        return
        [
            .. names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => $"{same.Key} is declared twice."),
            .. References(bare).Distinct().Where(name => !names.Contains(name) && !Functions.Contains(name) && !Words.Contains(name))
                .Select(name => $"'{name}' is not declared."),
            .. declared.Where(match => match.Groups["kind"].Value is "param" or "var" && !References(bare).Contains(match.Groups["name"].Value))
                .Select(match => $"{match.Groups["name"].Value} is declared but not used."),
            .. ResourceType().Matches(text).Where(match => !Version().IsMatch(match.Groups["type"].Value))
                .Select(match => $"'{match.Groups["type"].Value}' is no resource type with a version."),
            .. Parameters(text),
            .. Containers(text),
        ];
    }

    private static IEnumerable<string> Parameters(string text)
    {
        foreach (Match parameter in Parameter().Matches(text))
        {
            string name = parameter.Groups["name"].Value;
            if (!parameter.Groups["before"].Value.Contains("@description(", StringComparison.Ordinal))
            {
                yield return $"Parameter {name} is not described.";
            }

            if (SecretName().IsMatch(name) && !parameter.Groups["before"].Value.Contains("@secure()", StringComparison.Ordinal))
            {
                yield return $"Parameter {name} is a secret; mark it @secure().";
            }
        }
    }

    private static IEnumerable<string> Containers(string text)
    {
        Dictionary<string, string> environment = Variable().Matches(text).Where(match => match.Groups["name"].Value.Contains('_', StringComparison.Ordinal))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value.Trim('\''));
        foreach (string mistake in SiloSettings.Mistakes("The container", environment))
        {
            yield return mistake;
        }

        foreach (Match variable in Variable().Matches(text)
            .Where(match => match.Groups["how"].Value == "value" && SiloSettings.IsSecret(match.Groups["name"].Value)))
        {
            yield return $"{variable.Groups["name"].Value} stands in the container's settings for everybody to read; use secretRef.";
        }

        string[] secrets = [.. Secret().Matches(text).Select(match => match.Groups["name"].Value)];
        foreach (string reference in SecretReference().Matches(text).Select(match => match.Groups["name"].Value).Except(secrets))
        {
            yield return $"Secret '{reference}' is not among the container app's secrets.";
        }

        int port = SiloSettings.HttpPort(environment.GetValueOrDefault("GRID_HTTP", ""));
        foreach (Match probe in Probe().Matches(text))
        {
            (string scheme, string path, string asked) = (probe.Groups["scheme"].Value, probe.Groups["path"].Value, probe.Groups["port"].Value);
            if (scheme != "HTTPS" || !SiloSettings.HealthPaths.Contains(path) || asked != port.ToString(CultureInfo.InvariantCulture))
            {
                yield return $"A probe asks {scheme} {path} on {asked}; the silo answers HTTPS {string.Join(" and ", SiloSettings.HealthPaths)} on {port}.";
            }
        }
    }

    // Names at the beginning of an expression: what follows a dot or stands before a colon is the name of a property.
    private static IEnumerable<string> References(string bare) => Identifier().Matches(Declaration().Replace(bare, match => " " + match.Groups["rest"].Value))
        .Select(match => match.Groups["name"].Value);

    // Without comments and the text of strings, but with the expressions inside them.
    private static (string Bare, string? Open) Bare(string text)
    {
        var bare = new System.Text.StringBuilder();
        var open = new Stack<(char Opened, int Line)>();
        int line = 1;
        for (int i = 0; i < text.Length; i++)
        {
            char letter = text[i];
            line += letter == '\n' ? 1 : 0;
            bool isInString = open.TryPeek(out (char Opened, int Line) top) && top.Opened == '\'';
            if (isInString)
            {
                if (letter == '\\')
                {
                    i++;
                }
                else if (letter == '\'')
                {
                    open.Pop();
                }
                else if (letter == '$' && i + 1 < text.Length && text[i + 1] == '{')
                {
                    open.Push(('$', line));
                    bare.Append(" ( ");
                    i++;
                }
                else if (letter == '\n')
                {
                    return ("", $"line {line - 1}: a string is not closed.");
                }

                continue;
            }

            if (letter == '/' && i + 1 < text.Length && text[i + 1] == '/')
            {
                i = text.IndexOf('\n', i) - 1;
                continue;
            }

            if (letter is '{' or '[' or '(' or '\'')
            {
                open.Push((letter, line));
            }
            else if (letter is '}' or ']' or ')'
                && (!open.TryPop(out (char Opened, int Line) opened) || (opened.Opened, letter) is not (('{', '}') or ('$', '}') or ('[', ']') or ('(', ')'))))
            {
                return ("", $"line {line}: '{letter}' closes nothing.");
            }

            bare.Append(letter == '\'' ? ' ' : letter);
        }

        return open.TryPop(out (char Opened, int Line) left) ? ("", $"line {left.Line}: '{left.Opened}' is not closed.") : (bare.ToString(), null);
    }

    [GeneratedRegex(@"^(?<kind>param|var|resource|output) (?<name>[A-Za-z]\w*)\b(?<rest>.*)$", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"(?<![.\w@])(?<name>[A-Za-z]\w*)\b(?!\s*:)", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^resource \w+ '(?<type>[^']*)'", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex ResourceType();

    [GeneratedRegex(@"^Microsoft\.\w+(/\w+)+@20\d\d-\d\d-\d\d(-preview)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"(?<before>(^@.*\n)*)^param (?<name>\w+)", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Parameter();

    [GeneratedRegex("token|certificate|password|key|secret|connection", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"name: '(?<name>[A-Z_]+)'\s+(?<how>value|secretRef): (?<value>.*)", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"name: '(?<name>[a-z-]+)'\s+keyVaultUrl:", RegexOptions.CultureInvariant)]
    private static partial Regex Secret();

    [GeneratedRegex("secretRef: '(?<name>[a-z-]+)'", RegexOptions.CultureInvariant)]
    private static partial Regex SecretReference();

    [GeneratedRegex(@"path: '(?<path>/[^']*)'\s+port: (?<port>\d+)\s+scheme: '(?<scheme>\w+)'", RegexOptions.CultureInvariant)]
    private static partial Regex Probe();
}
