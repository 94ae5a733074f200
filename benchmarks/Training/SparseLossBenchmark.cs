using System.Text.Json;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Seconds until the mean loss over the training rows is what a solver of linear models reaches.</summary>
/// <remarks>
/// Runs of 1, 2, 3, … epochs, each from the start, until one gets there; its seconds are the answer, so that no loss is computed on the clock. The rows
/// are left in a file for peers.
/// </remarks>
internal static class SparseLossBenchmark
{
    private const int EpochsMax = 20;

    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        JobPlan plan = SparseBenchmark.PlanOf(options);
        ISampleSource rows = DataCatalog.Open(plan.Data, options.Data).Train;
        SparseRowsFile.Write(options.Rows, rows);
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one => one.ComputeThreads = options.Workers);
        await SparseBenchmark.WarmUpAsync(grid, plan);
        double loss = double.NaN;
        for (int epochs = 1; epochs <= EpochsMax; epochs++)
        {
            (IJobGrain job, JobProgress progress) = await BenchmarkJob.RunAsync(grid, plan with { Run = plan.Run with { Epochs = epochs } });
            loss = await BenchmarkJob.LossAsync(job, plan, rows);
            if (loss <= options.Loss)
            {
                return JsonSerializer.Serialize(new
                {
                    system = "orleans-sgd",
                    workload = "sparse-logistic to a loss",
                    seconds = progress.Seconds,
                    loss,
                    epochs,
                    workers = options.Workers,
                });
            }
        }

        throw new InvalidOperationException($"The loss is {loss} after {EpochsMax} epochs; {options.Loss} was to be reached.");
    }
}
