using OrleansSgd.Client.Tests.Reports;

namespace OrleansSgd.Client.Tests.Verbs;

/// <summary>What users get wrong: one clear error, the documented exit code, no stack trace, and earlier results as they were.</summary>
public sealed class BadInputTests
{
    private const string Verbs =
        "train, certify, data, experiment, report, simulate, bench, chaos, silo, submit, watch, list, show, logs, scale, pause, resume, cancel, export, "
        + "doctor, completion, version";

    [Theory]
    [InlineData("batch: 20", "batch: 0", ExitCodes.BadInput, "tiny.yaml:14:8: batch is 0; use 1 to 1000000.")]
    [InlineData("batch: 20", "batch: many", ExitCodes.BadInput, "tiny.yaml:14:8: batch is 'many'; use a whole number, 1 to 1000000.")]
    [InlineData("batch: 20", "bacth: 20", ExitCodes.BadInput, "tiny.yaml:14:1: bacth is not a key of a job file; did you mean batch?")]
    [InlineData("rate: 0.1", "rate: -0.1", ExitCodes.BadInput, "tiny.yaml:16:7: rate.rate is -0.1; use a finite number above 0.")]
    [InlineData("kind: softmax", "kind: sotfmax", ExitCodes.BadInput, "tiny.yaml:10:9: model.kind is 'sotfmax'; use one of least-squares, logistic, softmax, mlp, lenet5, resnet, wideresnet, torch-mlp, transformer, torchscript. Did you mean softmax?")]
    [InlineData("rate: 0.1", "codec: {kind: zip}", ExitCodes.BadInput, "tiny.yaml:16:15: codec.kind is 'zip'; use dense, top-k, random-k, threshold, qsgd or one-bit.")]
    [InlineData("shards: 2", "shards: 34", ExitCodes.BadInput, "tiny.yaml:12:9: shards is 34, but the model has 33 parameters; use 1 to 33.")]
    [InlineData("kind: softmax", "kind: logistic", ExitCodes.BadInput, "tiny.yaml:10:9: model.kind is logistic, but the data has 3 classes and logistic wants two classes; use softmax, mlp or least-squares.")]
    [InlineData("rate: 0.1", "mode: norm-bounded\nnormShare: 1.5", ExitCodes.BadInput, "tiny.yaml:17:12: normShare is 1.5; use 0 to 1.")]
    [InlineData("rate: 0.1", "mode: norm-bounded\nnormShare: -0.1", ExitCodes.BadInput, "tiny.yaml:17:12: normShare is -0.1; use 0 to 1.")]
    [InlineData("rate: 0.1", "mode: ssp\nstepsAheadMax: -1", ExitCodes.BadInput, "tiny.yaml:17:16: stepsAheadMax is -1; use 0 to 10000.")]
    [InlineData("rate: 0.1", "mode: async\nstepsAheadMax: 5", ExitCodes.BadInput, "tiny.yaml:17:16: stepsAheadMax is 5 but mode is async, which has no use for it; remove it or use mode ssp.")]
    [InlineData("rate: 0.1", "normShare: 0.8", ExitCodes.BadInput, "tiny.yaml:16:12: normShare is 0.8 but mode is async, which has no use for it; remove it or use mode norm-bounded.")]
    [InlineData("rate: 0.1", "quorum: 0.8", ExitCodes.BadInput, "tiny.yaml:16:9: quorum is 0.8 but mode is async, which has no use for it; remove it or use mode variance-bounded.")]
    [InlineData("rate: 0.1", "substitute: own", ExitCodes.BadInput, "tiny.yaml:16:13: substitute is own but mode is async, which has no use for it; remove it or use mode variance-bounded.")]
    [InlineData("rate: 0.1", "stalenessShare: 1", ExitCodes.BadInput, "tiny.yaml:16:17: stalenessShare is 1 but mode is async, which has no use for it; remove it or use mode adaptive.")]
    [InlineData("rate: 0.1", "deadlineSeconds: 1", ExitCodes.BadInput, "tiny.yaml:16:18: deadlineSeconds is 1 but mode is async, which has no use for it; remove it or use mode bsp.")]
    [InlineData("rate: 0.1", "mode: bsp\nassignment: random", ExitCodes.BadInput, "tiny.yaml:17:13: assignment is random but mode is bsp, which has no use for it; remove it or use mode async, ssp, norm-bounded or adaptive.")]
    [InlineData("rate: 0.1", "mode: bsp\nrule: {delayAdaptive: true}", ExitCodes.BadInput, "tiny.yaml:17:23: rule.delayAdaptive is true but mode is bsp, which has no use for it;")]
    [InlineData("rate: 0.1", "mode: bsp\nanswerFraction: 0.5", ExitCodes.BadInput, "tiny.yaml:17:17: answerFraction is 0.5 but mode is bsp, whose views are whole; remove it or use another mode.")]
    [InlineData("rate: 0.1", "localSteps: 4\nrule: momentum", ExitCodes.BadInput, "tiny.yaml:16:13: localSteps is 4 but rule.kind is momentum, which takes one gradient an update; use 1 or rule sgd.")]
    [InlineData("rate: 0.1", "rule: {kind: momentum, decay: 1}", ExitCodes.BadInput, "tiny.yaml:16:31: rule.decay is 1; use 0 up to, not including, 1.")]
    [InlineData("rate: 0.1", "rule: {kind: adam, decay: -0.5}", ExitCodes.BadInput, "tiny.yaml:16:27: rule.decay is -0.5; use 0 up to, not including, 1.")]
    [InlineData("rate: 0.1", "rule: {clipNorm: -1}", ExitCodes.BadInput, "tiny.yaml:16:18: rule.clipNorm is -1; use a finite number, 0 or more.")]
    [InlineData("rate: 0.1", "consistency: {bound: 0}", ExitCodes.BadInput, "tiny.yaml:16:22: consistency.bound is 0; use a finite number above 0.")]
    [InlineData("rate: 0.1", "consistency: {sketch: 100}", ExitCodes.BadInput, "tiny.yaml:16:23: consistency.sketch is 100; use 0, or a power of two from 64 to 4096.")]
    [InlineData("rate: 0.1", "consistency: {confidence: 1}", ExitCodes.BadInput, "tiny.yaml:16:27: consistency.confidence is 1; use a number above 0.5, below 1.")]
    [InlineData("rate: 0.1", "codec: {kind: top-k, count: 0}", ExitCodes.BadInput, "tiny.yaml:16:29: codec.count is 0; use 1 or more.")]
    [InlineData("rate: 0.1", "codec: {kind: top-k, count: 34}", ExitCodes.BadInput, "tiny.yaml:16:29: codec.count is 34, but the model has 33 parameters; use at most that many.")]
    [InlineData("rate: 0.1", "codec: {kind: random-k, fraction: 0}", ExitCodes.BadInput, "tiny.yaml:16:35: codec.fraction is 0; use a number above 0, at most 1.")]
    [InlineData("rate: 0.1", "rate: 1e38", ExitCodes.RunFailed, "diverged")]
    public async Task A_job_that_cannot_be_trained_is_refused(string line, string instead, int exitCode, string error)
    {
        using var folder = new TempFolder();
        await RefusedAsync(folder, folder.Text("tiny.yaml", TinyJob.With((line, instead))), exitCode, error);
    }

    [Theory]
    [InlineData("none.csv", null, "none.csv")]
    [InlineData("a.csv", "a,b,label\n1,2,0\n1,NaN,1\n", "NaN")]
    [InlineData("a.csv", "a,b,label\n1,2,0\n1,2\n", "line 3")]
    [InlineData("a.csv", "a,b,label\n1,2,0\n1,2,7.5\n", "7.5")]
    public async Task Data_that_cannot_be_used_is_refused_with_its_place(string name, string? content, string error)
    {
        using var folder = new TempFolder();
        if (content is not null)
        {
            folder.Text(name, content);
        }

        string job = folder.Text("data.yaml", $"data: {{kind: csv, path: {name}}}\nmodel: {{kind: softmax}}\n");
        await RefusedAsync(folder, job, ExitCodes.BadInput, error);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 1 }, "train-images")]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 0 }, "train-images")]
    public async Task A_truncated_or_foreign_image_file_is_refused(byte[] bytes, string error)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["train-images"], bytes);
        File.WriteAllBytes(folder["train-labels"], [0, 0, 8, 1, 0, 0, 0, 1, 3]);
        string job = folder.Text("idx.yaml", "data: {kind: idx, path: train-images, labelPath: train-labels}\n");
        await RefusedAsync(folder, job, ExitCodes.BadInput, error);
    }

    [Theory]
    [InlineData("grid has no 'trian'; use " + Verbs + ". Did you mean train?", "trian")]
    [InlineData("grid needs a verb; use " + Verbs + ".")]
    [InlineData("grid data needs a verb; use fetch, list.", "data")]
    [InlineData("train has no option '--epoch'. Did you mean --epochs?", "train", "--epoch")]
    [InlineData("Required argument missing for option: '--seed'.", "train", "--seed")]
    [InlineData("There is no data set 'mnits'. Did you mean mnist?", "data", "fetch", "mnits")]
    [InlineData("--workers is 'some'; use a whole number, 1 to 10000.", "train", "--workers", "some")]
    [InlineData("--log is 'loud'; use none, error, warning, info, debug.", "train", "--log", "loud")]
    [InlineData("no.yaml: there is no such file;", "train", "no.yaml")]
    [InlineData("--trace and --no-trace are both given; keep one.", "train", "--trace", "a.jsonl", "--no-trace")]
    [InlineData("--trace is empty; name a file, or leave it out for one in the run's folder.", "train", "--trace", "")]
    public async Task A_command_line_that_makes_no_sense_is_refused(string error, params string[] args)
    {
        GridRun plain = await GridRun.InProcessAsync(args);
        GridRun json = await GridRun.InProcessAsync([.. args.Take(1), .. args.Length > 0 ? ["--json"] : Array.Empty<string>(), .. args.Skip(1)]);

        Assert.Equal((ExitCodes.BadInput, ""), (plain.ExitCode, plain.Out));
        Assert.Contains(error, Assert.Single(plain.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, json.ExitCode);
        if (args.Length > 0)
        {
            Assert.Empty(EventChecker.Mistakes(json.Out));
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_refused_before_the_run()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.Yaml);

        GridRun run = await GridRun.InProcessAsync("train", job, "--out", job);

        Assert.Equal((ExitCodes.BadInput, ""), (run.ExitCode, run.Out));
        Assert.Contains("--out", Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_is_never_written_over()
    {
        using var folder = new TempFolder();
        string job = folder.Text("tiny.yaml", TinyJob.Yaml);
        string earlier = folder.Text("trace.jsonl", "earlier");

        GridRun run = await GridRun.InProcessAsync("train", job, "--out", folder["runs"], "--trace", earlier);

        Assert.Equal((ExitCodes.BadInput, ""), (run.ExitCode, run.Out));
        Assert.Equal($"grid: The trace cannot be written to {earlier}: it exists already. Name a new file with --trace.\n", run.Error);
        Assert.Equal("earlier", await File.ReadAllTextAsync(earlier));
        Assert.Empty(Directory.GetFileSystemEntries(folder["runs"]));
    }

    private static async Task RefusedAsync(TempFolder folder, string job, int exitCode, string error)
    {
        Directory.CreateDirectory(folder["runs/tiny-1"]);
        folder.Text("runs/tiny-1/model.safetensors", "earlier");

        GridRun plain = await GridRun.InProcessAsync("train", job, "--out", folder["runs"], "--data", folder.Path);
        GridRun json = await GridRun.InProcessAsync("train", job, "--out", folder["runs"], "--data", folder.Path, "--json");

        Assert.Equal((exitCode, exitCode), (plain.ExitCode, json.ExitCode));
        string line = Assert.Single(plain.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("grid: ", line, StringComparison.Ordinal);
        Assert.Contains(error, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", plain.Error + plain.Out, StringComparison.Ordinal);
        Assert.Empty(EventChecker.Mistakes(json.Out));

        // A run that failed after it began keeps what it has to show, which is no model.
        string[] kept = exitCode == ExitCodes.RunFailed ? ["tiny-1", "tiny-2", "tiny-3"] : ["tiny-1"];
        Assert.Equal(kept, Directory.GetFileSystemEntries(folder["runs"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("earlier", await File.ReadAllTextAsync(folder["runs/tiny-1/model.safetensors"]));
        Assert.All(kept.Skip(1), run => Assert.False(File.Exists(Path.Combine(folder["runs"], run, "model.safetensors"))));
    }
}
