using System.Text.Json;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Bytes of all frames, to the shards and back, until the mean loss over the training samples is what was asked for.</summary>
internal static class BytesBenchmark
{
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
        plan = plan with { Run = plan.Run with { Codec = codec } };
        ISampleSource rows = DataCatalog.Open(plan.Data, options.Data).Train;
        (JobProgress progress, int epochs, double loss) = await BenchmarkJob.ReachAsync(grid, plan, rows, options.Loss);
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
