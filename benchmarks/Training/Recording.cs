using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>One worker's run with everything that another program needs to make the same steps: first values, rows of each batch, the trace.</summary>
/// <remarks>
/// Files of the folder: <c>start.json</c> (model, batch, names and shapes of the tensors), <c>start.f32</c> and <c>end.f32</c> (x before the first
/// step and after the last, [d], little-endian), <c>rows.i32</c> ([steps × batch]: which training sample each batch is made of, in order) and
/// <c>trace.jsonl</c> (docs/trace-format.md; its rows have the rate and the loss of every step, and say which batches were computed as two halves).
/// </remarks>
internal static class Recording
{
    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        Directory.CreateDirectory(options.Out);
        JobPlan plan = BenchmarkJob.Of(options.Model, workers: 1, shards: 1, epochs: 1);
        plan = plan with
        {
            // The data ends where the run shall end: every batch is whole and there is no second epoch.
            Data = plan.Data with { Limit = options.Steps * plan.Run.Batch },
            Run = plan.Run with
            {
                Mode = RunPlan.Bsp,
                Rate = new SchedulePlan(Rate: options.Rate),
                Consistency = plan.Run.Consistency with { SmoothnessEvery = 0 },
            },
        };
        await WriteStartAsync(plan, options);
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one =>
        {
            one.DataFolder = options.Data;
            one.ComputeThreads = 1;
            options.SetThreads(one);
        });
        using (new TraceFile(Path.Combine(options.Out, "trace.jsonl"), new JobTrace(GridGrain.FirstJob(plan), grid.Cluster)))
        {
            (IJobGrain job, JobProgress progress) = await BenchmarkJob.RunAsync(grid, plan);
            ModelPiece end = await job.Model(0, progress.Parameters);
            await File.WriteAllBytesAsync(Path.Combine(options.Out, "end.f32"), end.Values.ToArray());
        }

        return JsonSerializer.Serialize(new { system = "orleans-sgd", recorded = options.Out, model = options.Model, steps = options.Steps });
    }

    private static async Task WriteStartAsync(JobPlan plan, BenchmarkOptions options)
    {
        ISampleSource samples = DataCatalog.Open(plan.Data, options.Data).Train;
        IModel model = ModelCatalog.Create(plan.Model, samples);
        float[] start = new float[model.ParameterCount];
        model.Initialise(start, plan.Run.Seed);
        int[] rows = new int[options.Steps * plan.Run.Batch];
        new SeededPermutation(samples.Count, plan.Run.Seed, stream: 0).Fill(0, rows);
        await File.WriteAllTextAsync(Path.Combine(options.Out, "start.json"), JsonSerializer.Serialize(new
        {
            model = options.Model,
            batch = plan.Run.Batch,
            tensors = model.Tensors.Select(tensor => new { name = tensor.Name, shape = tensor.Shape }),
        }));
        await File.WriteAllBytesAsync(Path.Combine(options.Out, "start.f32"), MemoryMarshal.AsBytes<float>(start).ToArray());
        await File.WriteAllBytesAsync(Path.Combine(options.Out, "rows.i32"), MemoryMarshal.AsBytes<int>(rows).ToArray());
    }
}
