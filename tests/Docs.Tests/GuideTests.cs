using System.Diagnostics;
using OrleansSgd.Testing;

namespace OrleansSgd.Docs.Tests;

/// <summary>Goal: a reader who does what a guide says gets what it says. Method: its files are written and its commands run, in order.</summary>
/// <remarks>
/// In a guide, a block with a file name behind its language is that file, and a <c>sh runnable</c> block is run by bash in the folder of those files. Every command
/// must end with 0; where another code is meant, the guide says so to the shell.
/// </remarks>
public sealed class GuideTests
{
    // A guide takes seconds, and on a machine that is busy with a hundred other things minutes; this only keeps a defect from hanging the suite.
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Guides =>
        [.. Markdown.Documents.Where(document => Markdown.Blocks(document, Markdown.Read(document)).Any(IsRunnable))];

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task A_guide_can_be_followed(string guide)
    {
        (int exitCode, string output) = await FollowAsync(guide, Markdown.Read(guide));

        Assert.True(exitCode == 0, $"{guide} ended with {exitCode}:\n{output}");
    }

    [Fact]
    public void There_are_guides_to_follow() => Assert.True(Guides.Count >= 5);

    [Theory]
    [InlineData("```sh runnable\n./grid certify gone.jsonl\n```\n")]
    [InlineData("```yaml job.yaml\ndata: { kind: sinthetic }\n```\n\n```sh runnable\n./grid train job.yaml\n```\n")]
    [InlineData("```sh runnable\n./grid version\ntest -e runs\n```\n")]
    public async Task A_guide_that_cannot_be_followed_is_caught(string text) => Assert.NotEqual(0, (await FollowAsync("planted.md", text)).ExitCode);

    [Fact]
    public void Code_in_a_guide_is_a_part_of_the_example_it_names()
    {
        DocumentBlock[] excerpts =
        [
            .. Markdown.Documents.SelectMany(document => Markdown.Blocks(document, Markdown.Read(document)))
                .Where(block => block.Language == "csharp" && block.Name.Length > 0),
        ];

        Assert.NotEmpty(excerpts);
        Assert.All(excerpts, excerpt => Assert.Contains(
            Squeezed(excerpt.Text), Squeezed(File.ReadAllText(RepositoryRoot.PathOf(excerpt.Name))), StringComparison.Ordinal));
    }

    /// <summary>Whether a block is run.</summary>
    internal static bool IsRunnable(DocumentBlock block) => block is { Language: "sh", Name: "runnable" };

    private static string Squeezed(string code) => string.Join(' ', code.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static async Task<(int ExitCode, string Output)> FollowAsync(string guide, string text)
    {
        string folder = Directory.CreateTempSubdirectory("orleans-sgd-guide-").FullName;
        try
        {
            var script = new System.Text.StringBuilder("set -eu\nchmod +x grid\n");
            foreach (DocumentBlock block in Markdown.Blocks(guide, text))
            {
                if (IsRunnable(block))
                {
                    script.Append(block.Text);
                }
                else if (block.Name.Length > 0 && block.Language is "yaml" or "csv" or "json")
                {
                    await File.WriteAllTextAsync(Path.Combine(folder, block.Name), block.Text);
                }
            }

            string program = Path.Combine(AppContext.BaseDirectory, "grid.dll");
            await File.WriteAllTextAsync(Path.Combine(folder, "grid"), $"#!/bin/sh\nexec dotnet '{program}' \"$@\"\n");
            await File.WriteAllTextAsync(Path.Combine(folder, "guide.sh"), script.ToString());
            return await RunAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string folder)
    {
        // One stream for both, so that the failure stands where it happened.
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-c", "bash guide.sh 2>&1"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            Environment = { ["GRID_HOME"] = "" },
        })!;
        using var patience = new CancellationTokenSource(PatienceMax);
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The guide in {folder} did not end within {PatienceMax}.");
        }
    }
}
