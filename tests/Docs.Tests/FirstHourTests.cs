using System.Text.RegularExpressions;
using OrleansSgd.Testing;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: the transcript of the first hour is what its script would write now. Method: commands, exit codes and times are read out of both.</summary>
public sealed partial class FirstHourTests
{
    private const string Page = "docs/first-hour.md";
    private const string Script = "docs/first-hour.sh";

    [Fact]
    public void The_transcript_shows_the_commands_of_the_script_and_each_ended_as_it_should()
    {
        Step[] wanted = [.. StepsOf(File.ReadAllText(RepositoryRoot.PathOf(Script)))];

        Assert.True(wanted.Length >= 12, $"the script has only {wanted.Length} steps");
        Assert.Empty(Mistakes(wanted, Markdown.Read(Page)));
    }

    [Fact]
    public void The_transcript_goes_the_whole_way()
    {
        string[] verbs = [.. StepsOf(File.ReadAllText(RepositoryRoot.PathOf(Script))).Select(step => step.Command)];

        Assert.All(
            ["git clone", "./grid submit", "./grid watch", "./grid scale grid 4", "./grid scale grid 1", "./grid pause", "./grid resume", "./grid export", "./grid certify"],
            part => Assert.Contains(verbs, verb => verb.Contains(part, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("```sh\n./grid list\n```\n\n```text\n```\n\n*0.4 s, exit code 1.*\n", "./grid list ended with 1, expected 0")]
    [InlineData("```sh\n./grid lists\n```\n\n*0.4 s, exit code 0.*\n", "./grid list is not in the transcript")]
    [InlineData("```sh\n./grid list\n```\n\n```text\n```\n", "./grid list is not in the transcript")]
    public void A_planted_difference_is_caught(string page, string sentence) =>
        Assert.Equal(sentence, Assert.Single(Mistakes([new Step("./grid list", 0)], page)));

    private static IEnumerable<Step> StepsOf(string script) => StepLine().Matches(script)
        .Select(step => new Step(step.Groups["command"].Value, int.Parse(step.Groups["code"].Value, null)));

    // Paths and ports are the machine's; words before the first of them tell a command.
    private static IEnumerable<string> Mistakes(IReadOnlyList<Step> wanted, string page)
    {
        (string Command, int Code)[] done =
        [
            .. Done().Matches(page).Select(step => (step.Groups["command"].Value.Trim(), int.Parse(step.Groups["code"].Value, null))),
        ];
        int at = 0;
        foreach (Step step in wanted)
        {
            string stem = step.Command.Split('$')[0].Trim();
            int found = Array.FindIndex(done, at, one => one.Command == step.Command || (stem.Length < step.Command.Length && one.Command.StartsWith(stem, StringComparison.Ordinal)));
            if (found < 0)
            {
                yield return $"{step.Command} is not in the transcript";
            }
            else
            {
                at = found + 1;
                if (done[found].Code != step.Code)
                {
                    yield return $"{step.Command} ended with {done[found].Code}, expected {step.Code}";
                }
            }
        }
    }

    private sealed record Step(string Command, int Code);

    [GeneratedRegex("^\\s*step (?<code>\\d+) (?<quote>['\"])(?<command>.*)\\k<quote>$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex StepLine();

    [GeneratedRegex("```sh\n(?<command>[^\n]*)\n```\n\n```text\n(?:(?!```).*\n)*```\n\n\\*[0-9.]+ s, exit code (?<code>\\d+)\\.\\*", RegexOptions.CultureInvariant)]
    private static partial Regex Done();
}
