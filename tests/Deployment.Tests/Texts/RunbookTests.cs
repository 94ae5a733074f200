using System.Text.RegularExpressions;
using OrleansSgd.Deployment.Tests.Watching;
using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Texts;

/// <summary>
/// Goal: whoever looks for a line of the runbook finds it. Method: every quoted log line is one that the sources write, every metric one that silos
/// send.
/// </summary>
public sealed partial class RunbookTests
{
    private static readonly string Runbook = Checkout.Read("docs/runbook.md");

    // Sentences of the sources, with … for every value that they put in.
    private static readonly string[] Written =
    [
        .. Directory.EnumerateFiles(RepositoryRoot.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)).Select(match => Value().Replace(match.Groups["text"].Value, "…"))),
    ];

    [Fact]
    public void Every_quoted_sentence_is_written_by_the_sources_and_every_metric_is_sent() => Assert.Empty(Findings(Runbook));

    [Theory]
    [InlineData("is the last silo", "is the very last silo", "is the very last silo")]
    [InlineData("orleanssgd.updates.lost", "orleanssgd.updates.gone", "orleanssgd.updates.gone")]
    [InlineData("failed and ends its run.", "failed and ends.", "failed and ends.")]
    public void A_planted_mistake_is_caught(string old, string planted, string part) => Assert.Contains(
        Findings(Checkout.Plant(Runbook, old, planted)), finding => finding.Contains(part, StringComparison.Ordinal));

    [Fact]
    public void Every_log_line_above_debug_that_somebody_must_act_on_is_in_the_runbook()
    {
        string[] warnings =
        [
            .. Directory.EnumerateFiles(RepositoryRoot.PathOf("src"), "*.Log.cs", SearchOption.AllDirectories)
                .SelectMany(file => Serious().Matches(File.ReadAllText(file)).Select(match => Value().Replace(match.Groups["text"].Value, "…"))),
        ];

        Assert.True(warnings.Length > 5, "No warnings were found in the sources, so nothing is shown.");
        string[] missing = [.. warnings.Where(line => !Runbook.Contains(line, StringComparison.Ordinal) && line != "Job …: …")];
        Assert.Empty(missing);
    }

    private static IEnumerable<string> Findings(string runbook)
    {
        HashSet<string> metrics = [.. DashboardRules.Series().Keys];
        foreach (string quoted in Quoted().Matches(runbook).Select(match => match.Groups["text"].Value))
        {
            if (quoted.StartsWith("orleanssgd.", StringComparison.Ordinal))
            {
                if (!metrics.Contains(quoted))
                {
                    yield return $"No silo sends {quoted}.";
                }
            }
            else if (quoted.Contains('…', StringComparison.Ordinal) && quoted.Contains(' ', StringComparison.Ordinal) && quoted != "Job …: …"
                && !IsWritten(quoted))
            {
                yield return $"Nothing in the sources writes '{quoted}'.";
            }
        }
    }

    // A quotation may leave out the end, or begin in the middle.
    private static bool IsWritten(string quoted)
    {
        string[] parts = [.. quoted.Split('…', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(part => part.Length > 2)];
        return Written.Any(line => parts.All(part => line.Contains(part, StringComparison.Ordinal)));
    }

    [GeneratedRegex("`(?<text>[^`\n]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex("\"(?<text>(?:[^\"\\\\\n]|\\\\.)*)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Literal();

    [GeneratedRegex("\\{[^{}]*(\\{[^{}]*\\}[^{}]*)*\\}", RegexOptions.CultureInvariant)]
    private static partial Regex Value();

    [GeneratedRegex("LogLevel\\.(Warning|Error), Message = \"(?<text>[^\"]*)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Serious();
}
