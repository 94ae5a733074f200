using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Telemetry.Export;
using OrleansSgd.Testing;

namespace OrleansSgd.Cluster.Tests.Runs;

/// <summary>
/// Goal: one worker of the grid makes the steps that PyTorch makes. Method: LeNet-5 on real digits; PyTorch goes on from the same first values
/// with the same batches (benchmarks/peers/loss_curve.py), and its loss at every step is held against the trace's.
/// </summary>
public sealed class LossCurveTests : IDisposable
{
    private const int Steps = 30;

    // What rounding in another order may change within so few steps; the same operations in the same order change nothing.
    private const double DifferenceMax = 1e-3;

    private static readonly JobPlan Plan = new()
    {
        Name = "curve",
        Data = new DataPlan { Kind = DataKinds.Mnist, Limit = Steps * 16, TestLimit = 16 },
        Model = new ModelPlan { Kind = ModelCatalog.LeNet5 },
        Run = new RunPlan
        {
            Mode = RunPlan.Bsp,
            Batch = 16,
            Seed = 3,
            Rate = new SchedulePlan(Rate: 0.1),
            Consistency = new ConsistencyPlan { CutSeconds = 0, SmoothnessEvery = 0, NoiseEvery = 7 },
        },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("curve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_loss_of_a_run_is_PyTorchs_and_a_first_value_that_is_off_would_be_seen()
    {
        float[] start = WriteStart();
        await using (TestGrid grid = await TestGrid.StartAsync(1))
        {
            using TraceFile trace = grid.Trace(Plan, Path.Combine(_folder, "trace.jsonl"));
            Assert.Equal(Steps * 16, (await grid.RunAsync(Plan)).Progress.Samples);
            await grid.DisposeAsync(); // its ledger is whole
        }

        (int code, string output, string error) = await CompareAsync();
        start[^1] += 0.5f; // the bias of the last class
        WriteFloats(start);
        (int planted, _, string seen) = await CompareAsync();

        Assert.True(code == 0, error);
        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(Steps, result.GetProperty("steps").GetInt32());
        Assert.InRange(result.GetProperty("differenceMax").GetDouble(), 0, DifferenceMax);
        Assert.Equal(1, planted);
        Assert.Contains("the losses differ by", seen, StringComparison.Ordinal);
    }

    private float[] WriteStart()
    {
        ISampleSource samples = DataCatalog.Open(Plan.Data, RepositoryRoot.PathOf("data")).Train;
        IModel model = ModelCatalog.Create(Plan.Model, samples);
        float[] start = new float[model.ParameterCount];
        model.Initialise(start, Plan.Run.Seed);
        int[] rows = new int[samples.Count];
        new SeededPermutation(samples.Count, Plan.Run.Seed, stream: 0).Fill(0, rows);
        File.WriteAllText(Path.Combine(_folder, "start.json"), JsonSerializer.Serialize(new
        {
            model = Plan.Model.Kind,
            batch = Plan.Run.Batch,
            tensors = model.Tensors.Select(tensor => new { name = tensor.Name, shape = tensor.Shape }),
        }));
        File.WriteAllBytes(Path.Combine(_folder, "rows.i32"), MemoryMarshal.AsBytes<int>(rows));
        WriteFloats(start);
        return start;
    }

    private void WriteFloats(float[] start) => File.WriteAllBytes(Path.Combine(_folder, "start.f32"), MemoryMarshal.AsBytes<float>(start));

    private async Task<(int Code, string Output, string Error)> CompareAsync()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "python", "loss_curve.py");
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-B", script, _folder, "--data", RepositoryRoot.PathOf("data/mnist")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ORLEANSSGD_PEER_TUNED"] = "1" }, // the allocator and the like change the speed, not the values
        })!;
        Task<string> error = python.StandardError.ReadToEndAsync();
        string output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return (python.ExitCode, output, await error);
    }
}
