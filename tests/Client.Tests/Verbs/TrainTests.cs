using System.Text.Json;
using OrleansSgd.Client.Tests.Reports;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models.Safetensors;

namespace OrleansSgd.Client.Tests.Verbs;

public sealed class TrainTests
{
    [Fact]
    public async Task A_job_is_trained_and_its_model_can_be_read()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.Yaml);

        GridRun run = await GridRun.InProcessAsync("train", job, "--out", folder["runs"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Training tiny: softmax with 33 parameters on synthetic: 2 workers, 2 shards, 2 silos, async", run.Lines[0], StringComparison.Ordinal);
        Assert.Contains("epoch 2 done: test accuracy", run.Out, StringComparison.Ordinal);
        SafetensorsFile model = SafetensorsReader.ReadFile(Path.Combine(folder["runs"], "tiny-1", "model.safetensors"));
        Assert.Equal(33, model.Tensors.Sum(tensor => tensor.Values.Length));
        Assert.All(model.Tensors, tensor => Assert.All(tensor.Values.ToArray(), value => Assert.True(float.IsFinite(value))));
        Assert.Equal("tiny", JobPlan.FromJson(model.Metadata["orleansSgd.plan"]).Name);
        Assert.Equal(["tiny-1"], Directory.GetFileSystemEntries(folder["runs"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_job_starts_from_the_model_of_an_earlier_one()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.With(("silos: 2", "silos: 2\nmode: bsp")));
        await GridRun.InProcessAsync("train", job, "--out", folder["runs"], "--epochs", "1");
        string start = folder["runs/tiny-1/model.safetensors"];
        string again = folder.Text("again.yaml", TinyJob.With(
            ("silos: 2", "silos: 2\nmode: bsp"), ("rate: 0.1", "rate: 0.000001"), ("model:", $"model:\n  start: {start}")));

        GridRun run = await GridRun.InProcessAsync("train", again, "--out", folder["runs"], "--epochs", "1");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        float[] before = ValuesOf(start);
        float[] after = ValuesOf(folder["runs/tiny-2/model.safetensors"]);
        Assert.Contains(before, value => Math.Abs(value) > 0.1);
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-3)); // thirty small updates
    }

    [Fact]
    public async Task A_start_that_is_not_of_the_model_is_refused_with_its_line_before_training()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.With(("model:", $"model:\n  start: {folder["gone.safetensors"]}")));

        GridRun run = await GridRun.InProcessAsync("train", job, "--out", folder["runs"]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("model.start is '", run.Error, StringComparison.Ordinal);
        Assert.Contains("which cannot be read", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_are_all_there_is_on_standard_output()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.Yaml);

        GridRun run = await GridRun.InProcessAsync("train", job, "--json", "--out", folder["runs"], "--seed", "18446744073709551615", "--silos", "1", "--workers", "3");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(EventChecker.Mistakes(run.Out));
        JsonElement started = JsonDocument.Parse(run.Lines[0]).RootElement;
        Assert.Equal(("started", RuntimeName.Short, 1, 3, 33, ulong.MaxValue),
            (started.GetProperty("event").GetString(), started.GetProperty("runtime").GetString(), started.GetProperty("silos").GetInt32(),
                started.GetProperty("workers").GetInt32(), started.GetProperty("parameters").GetInt32(), started.GetProperty("seed").GetUInt64()));
        JsonElement completed = JsonDocument.Parse(run.Lines[^1]).RootElement;
        Assert.Equal((1200, 0), (completed.GetProperty("samples").GetInt32(), completed.GetProperty("samplesUnused").GetInt32()));
        Assert.True(File.Exists(completed.GetProperty("model").GetString()));
    }

    [Fact]
    public async Task The_same_seed_in_bsp_mode_gives_the_same_file_of_values_twice()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.With(("silos: 2", "silos: 2\nmode: bsp")));

        await GridRun.InProcessAsync("train", job, "--out", folder["runs"]);
        await GridRun.InProcessAsync("train", job, "--out", folder["runs"], "--silos", "1");

        Assert.Equal(BitsOf(folder["runs/tiny-1/model.safetensors"]), BitsOf(folder["runs/tiny-2/model.safetensors"]));
    }

    [Fact]
    public async Task An_interrupted_run_keeps_the_model_and_says_so()
    {
        using var folder = new TempFolder();
        string job = folder.Text("long.yaml", TinyJob.With(("epochs: 2", "epochs: 1000000")));
        using var interrupt = new CancellationTokenSource();
        var output = new SignalWriter(line => line.Contains("test accuracy", StringComparison.Ordinal), interrupt.Cancel);
        var terminal = new Terminal(output, TextWriter.Null, false, static _ => null, TimeProvider.System);

        int exitCode = await GridApp.RunAsync(["train", job, "--out", folder["runs"]], terminal, interrupt.Token);

        Assert.Equal(ExitCodes.Interrupted, exitCode);
        Assert.Contains("the model trained so far is kept", output.ToString(), StringComparison.Ordinal);
        SafetensorsFile model = SafetensorsReader.ReadFile(Path.Combine(folder["runs"], "tiny-1", "model.safetensors"));
        Assert.Equal("Cancelled", model.Metadata["orleansSgd.phase"]);
    }

    [Fact]
    public async Task A_run_interrupted_at_once_closes_its_events_and_keeps_nothing()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.Yaml);

        GridRun run = await GridRun.InProcessAsync(new CancellationToken(canceled: true), "train", job, "--json", "--out", folder["runs"]);

        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.Empty(EventChecker.Mistakes(run.Out));
        Assert.Empty(Directory.GetFileSystemEntries(folder["runs"]));
    }

    private static IEnumerable<int> BitsOf(string path) => ValuesOf(path).Select(BitConverter.SingleToInt32Bits);

    private static float[] ValuesOf(string path) =>
        [.. SafetensorsReader.ReadFile(path).Tensors.SelectMany(tensor => tensor.Values.ToArray())];

    /// <summary>Remembers what is written and reacts to the first line that is looked for.</summary>
    private sealed class SignalWriter(Func<string, bool> isLookedFor, Action react) : StringWriter
    {
        private bool _hasReacted;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (!_hasReacted && isLookedFor(value ?? ""))
            {
                _hasReacted = true;
                react();
            }
        }
    }
}
