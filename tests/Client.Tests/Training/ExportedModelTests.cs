using System.Text.Json;
using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.Training;

/// <summary>
/// Goal: PyTorch reads what a run exports, and computes with it what the run said. Method: a run on few real digits, its file into the plain
/// PyTorch module of the same name, the same test rows.
/// </summary>
public sealed class ExportedModelTests
{
    private const int TestRows = 200;

    [Theory]
    [InlineData("lenet5", "kind: lenet5", 0)]
    [InlineData("resnet", "kind: resnet\n  depth: 8", 20)] // 400 rows in batches of 20
    public async Task PyTorch_computes_the_loss_that_the_run_ended_with(string kind, string model, int batchesTracked)
    {
        using var folder = new TempFolder();

        JsonElement evaluated = await TrainAsync(folder, model);

        using JsonDocument answer = await AskAsync("loss", folder["runs/exported-1/model.safetensors"], kind);
        AssertSame(evaluated, answer.RootElement);
        Assert.Equal(
            batchesTracked == 0 ? [] : [batchesTracked], answer.RootElement.GetProperty("tracked").EnumerateArray().Select(count => count.GetInt32()));
    }

    [Fact]
    public async Task Trained_TorchScript_module_is_loaded_by_PyTorch_and_is_the_model_beside_it()
    {
        using var folder = new TempFolder();
        string script = folder["start.pt"];
        using JsonDocument _ = await AskAsync("script", script);

        JsonElement evaluated = await TrainAsync(folder, $"kind: torchscript\n  path: {script}");

        foreach (string file in (string[])["model.pt", "model.safetensors"])
        {
            using JsonDocument answer = await AskAsync("loss", folder["runs/exported-1/" + file], "lenet5");
            AssertSame(evaluated, answer.RootElement);
        }
    }

    [Fact]
    public async Task Model_with_two_tensors_exchanged_would_be_noticed()
    {
        using var folder = new TempFolder();
        JsonElement evaluated = await TrainAsync(folder, "kind: lenet5");
        string path = folder["runs/exported-1/model.safetensors"];
        byte[] bytes = File.ReadAllBytes(path);
        bytes.AsSpan()[^40..^20].CopyTo(bytes.AsSpan()[^20..]); // the last five biases become those before

        string other = folder["other.safetensors"];
        File.WriteAllBytes(other, bytes);

        using JsonDocument answer = await AskAsync("loss", other, "lenet5");
        Assert.ThrowsAny<Exception>(() => AssertSame(evaluated, answer.RootElement));
    }

    // Sums of single precision in another order; a prediction between two classes may fall to either.
    private static void AssertSame(JsonElement evaluated, JsonElement answer)
    {
        double loss = evaluated.GetProperty("testLoss").GetDouble();
        Assert.Equal(loss, answer.GetProperty("loss").GetDouble(), 1e-5 * loss);
        Assert.Equal(evaluated.GetProperty("testAccuracy").GetDouble(), answer.GetProperty("correct").GetInt32() / (double)TestRows, 1.01 / TestRows);
    }

    private static async Task<JsonElement> TrainAsync(TempFolder folder, string model)
    {
        string job = folder.Text(
            "exported.yaml",
            $$"""
            name: exported
            data: {kind: mnist, limit: 400, testLimit: {{TestRows}}}
            model:
              {{model}}
            workers: 2
            batch: 20
            epochs: 2
            rate: 0.05
            """);
        GridRun run = await GridRun.InProcessAsync(
            "train", job, "--json", "--no-trace", "--data", RepositoryRoot.PathOf("data"), "--out", folder["runs"]);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Lines.Select(line => JsonDocument.Parse(line).RootElement).Last(line => line.GetProperty("event").GetString() == "evaluated");
    }

    private static async Task<JsonDocument> AskAsync(string verb, string path, params string[] rest)
    {
        string[] data = rest.Length == 0 ? []
            : [.. rest, RepositoryRoot.PathOf("data/mnist/t10k-images-idx3-ubyte"), RepositoryRoot.PathOf("data/mnist/t10k-labels-idx1-ubyte"), $"{TestRows}"];
        GridRun python = await GridRun.StartAsync(
            "/usr/bin/python3", new Dictionary<string, string?>(), Path.GetTempPath(),
            ["-B", RepositoryRoot.PathOf("tests/Client.Tests/Training/python/exported.py"), verb, RepositoryRoot.PathOf("benchmarks/peers"), path, .. data]);
        Assert.True(python.ExitCode == 0, python.Error);
        return JsonDocument.Parse(python.Out.Length == 0 ? "{}" : python.Out);
    }
}
