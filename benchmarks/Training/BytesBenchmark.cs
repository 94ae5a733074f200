using System.Text.Json;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Bytes of all frames, to the shards and back, until the mean loss over the training samples is what was asked for.</summary>
/// <remarks>Runs of 1, 2, 3, … epochs, each from the start; the first that gets there is the answer.</remarks>
internal static class BytesBenchmark
{
    private const int EpochsMax = 20;

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one =>
        {
            one.DataFolder = options.Data;
            one.ComputeThreads = options.Workers;
        });
        JobPlan plan = BenchmarkJob.Of(options.Model, options.Workers, options.Shards, epochs: 1, options.Limit);
        var codec = options.Codec == CodecPlan.TopK
            ? new CodecPlan(CodecPlan.TopK, options.Fraction < 1 ? options.Fraction : 0.01, Values: CodecPlan.Bfloat16)
            : new CodecPlan(options.Codec);
        double loss = double.NaN;
        for (int epochs = 1; epochs <= EpochsMax; epochs++)
        {
            plan = plan with { Run = plan.Run with { Epochs = epochs, Codec = codec } };
            (IJobGrain job, JobProgress progress) = await BenchmarkJob.RunAsync(grid, plan);
            loss = await BenchmarkJob.LossAsync(job, plan, DataCatalog.Open(plan.Data, options.Data).Train);
            if (loss <= options.Loss)
            {
                return JsonSerializer.Serialize(new
                {
                    system = "orleans-sgd",
                    workload = $"{options.Model} to a loss",
                    bytes = progress.BytesPushed + progress.BytesPulled,
                    bytesPushed = progress.BytesPushed,
                    loss,
                    epochs,
                    codec = options.Codec,
                });
            }
        }

        throw new InvalidOperationException($"The loss is {loss} after {EpochsMax} epochs; {options.Loss} was to be reached.");
    }
}
