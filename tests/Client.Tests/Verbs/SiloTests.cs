using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace OrleansSgd.Client.Tests.Verbs;

/// <summary>Goal: a killed process loses nothing that its store has. Method: the real program, kill -9, and the program again.</summary>
public sealed class SiloTests(ITestOutputHelper output) : IDisposable
{
    private const int Epochs = 1200;

    private static readonly Dictionary<string, string?> Variables = [];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("async")]
    [InlineData("bsp")]
    public async Task Job_of_a_killed_process_is_resumed_by_the_next_and_its_trace_certifies(string mode)
    {
        string job = Write("job.yaml", TinyJob.With(
            ("rate: 0.1", "rate: 0.02"), ("epochs: 2", string.Create(CultureInfo.InvariantCulture, $"epochs: {Epochs}\nmode: {mode}"))));
        string[] places = ["--store", Path.Combine(_folder.Path, "store"), "--checkpoint", "0.1", "--out", Path.Combine(_folder.Path, "runs"), "--json"];
        long kept = 0;
        GridRun killed = await GridRun.StartAsync(
            "dotnet", Variables, _folder.Path, [Path.Combine(AppContext.BaseDirectory, "grid.dll"), "train", job, .. places],
            async (process, lines) =>
            {
                kept = await CheckpointAsync(lines);
                process.Kill();
                return "";
            });
        Assert.NotEqual(0, killed.ExitCode);

        GridRun resumed = await GridRun.ProcessAsync(Variables, _folder.Path, ["silo", "--exit-when-done", .. places]);

        Assert.True(resumed.ExitCode == 0, resumed.Out + resumed.Error);
        JsonElement[] events = [.. resumed.Lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        JsonElement again = Assert.Single(events, one => Name(one) == "resumed");
        Assert.True(again.GetProperty("tickets").GetInt64() >= kept, $"{again} after a checkpoint at {kept}");
        JsonElement completed = events[^1];
        Assert.Equal("completed", Name(completed));
        Assert.Equal(600L * Epochs, completed.GetProperty("samples").GetInt64());
        Assert.Equal(0, completed.GetProperty("samplesUnused").GetInt64());
        string trace = completed.GetProperty("trace").GetString()!;
        string before = Directory.GetFiles(Path.Combine(_folder.Path, "runs"), "trace.jsonl", SearchOption.AllDirectories)
            .Single(path => Path.GetFullPath(path) != Path.GetFullPath(trace, _folder.Path));
        output.WriteLine($"{mode}: resumed at {again}, completed {completed}");

        GridRun alone = await GridRun.InProcessAsync("certify", Path.GetFullPath(trace, _folder.Path));
        Assert.True(alone.ExitCode == 0, alone.Out + alone.Error);
        GridRun both = await GridRun.InProcessAsync("certify", before, Path.GetFullPath(trace, _folder.Path));
        Assert.True(both.ExitCode == 0, both.Out + both.Error);

        GridRun nothing = await GridRun.ProcessAsync(Variables, _folder.Path, ["silo", "--exit-when-done", "--store", Path.Combine(_folder.Path, "store")]);
        Assert.Equal(0, nothing.ExitCode);
        Assert.Contains("is left to do", nothing.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_takes_new_jobs_and_ends_with_the_last_of_them()
    {
        string job = Write("job.yaml", TinyJob.Yaml);

        GridRun run = await GridRun.InProcessAsync(
            "silo", "--exit-when-done", "--store", Path.Combine(_folder.Path, "store"), "--job", job, "--job", job, "--out", Path.Combine(_folder.Path, "runs"));

        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        Assert.Contains("tiny-1: ", run.Out, StringComparison.Ordinal);
        Assert.Contains("tiny-2: ", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder.Path, "runs"), "model.safetensors", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Silo_without_a_store_or_with_a_file_for_one_is_refused()
    {
        GridRun none = await GridRun.InProcessAsync("silo");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("--store is missing", none.Error, StringComparison.Ordinal);

        string file = Write("file", "");
        GridRun wrong = await GridRun.InProcessAsync("silo", "--store", file, "--silos", "0");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("is a file; name a folder", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("--silos is 0; use 1 to 64", wrong.Error, StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    // The first checkpoint that has something in it.
    private static async Task<long> CheckpointAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            JsonElement happened = JsonSerializer.Deserialize<JsonElement>(line);
            Assert.NotEqual("completed", Name(happened));
            if (happened.TryGetProperty("checkpointTicket", out JsonElement ticket))
            {
                return ticket.GetInt64();
            }
        }

        Assert.Fail("The run ended without a checkpoint.");
        return -1;
    }

    private static string Name(JsonElement happened) => happened.GetProperty("event").GetString()!;
}
