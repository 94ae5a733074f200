using OrleansSgd.Client.Tests.Reports;

namespace OrleansSgd.Client.Tests.Verbs;

/// <summary>The real program as a process: what only shows there.</summary>
public sealed class ProcessTests
{
    private static readonly Dictionary<string, string?> Xterm = new() { ["TERM"] = "xterm-256color", ["NO_COLOR"] = null };

    [Fact]
    public async Task A_pipe_gets_no_escapes_even_from_a_colourful_terminal()
    {
        using var folder = new TempFolder();
        folder.Text("tiny.yaml", TinyJob.Yaml);

        GridRun run = await GridRun.ProcessAsync(Xterm, folder.Path, "train", "tiny.yaml");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain('\u001b', run.Out);
        Assert.Equal($"  model          {Path.Combine("runs", "tiny-1", "model.safetensors")}", run.Lines[^4]);
        Assert.Equal($"  report         {Path.Combine("runs", "tiny-1", "report.html")}", run.Lines[^3]);
        Assert.Equal($"  certify it     grid certify {Path.Combine("runs", "tiny-1", "trace.jsonl")}", run.Lines[^1]);
        Assert.True(File.Exists(folder["runs/tiny-1/model.safetensors"]));
    }

    [Fact]
    public async Task A_signal_ends_the_run_with_130_and_the_model()
    {
        using var folder = new TempFolder();
        folder.Text("long.yaml", TinyJob.With(("epochs: 2", "epochs: 1000000")));
        string[] args = [Path.Combine(AppContext.BaseDirectory, "grid.dll"), "train", "long.yaml", "--json"];

        GridRun run = await GridRun.StartAsync("dotnet", Xterm, folder.Path, args, static async (process, output) =>
        {
            string before = "";
            while (await output.ReadLineAsync() is { } line)
            {
                before += line + "\n";
                if (line.Contains("\"evaluated\"", StringComparison.Ordinal))
                {
                    break;
                }
            }

            using var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync();
            return before;
        });

        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.Empty(EventChecker.Mistakes(run.Out));
        Assert.Contains("\"event\":\"cancelled\"", run.Lines[^1], StringComparison.Ordinal);
        Assert.True(File.Exists(folder["runs/tiny-1/model.safetensors"]));
    }

    [Fact]
    public async Task The_version_names_the_runtime_that_is_loaded()
    {
        GridRun plain = await GridRun.ProcessAsync(Xterm, ".", "version");
        GridRun json = await GridRun.ProcessAsync(Xterm, ".", "version", "--json");

        Assert.Contains(RuntimeName.Long, plain.Out, StringComparison.Ordinal);
        Assert.Contains($"\"runtime\":\"{RuntimeName.Short}\"", Assert.Single(json.Lines), StringComparison.Ordinal);
    }
}
