using System.Text.Json;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>Seconds until the mean loss over the training rows is what a solver of linear models reaches.</summary>
/// <remarks>The rows are left in a file for peers.</remarks>
internal static class SparseLossBenchmark
{
    public static async Task<string> RunAsync(BenchmarkOptions options)
    {
        JobPlan plan = SparseBenchmark.PlanOf(options);
        ISampleSource rows = DataCatalog.Open(plan.Data, options.Data).Train;
        SparseRowsFile.Write(options.Rows, rows);
        await using LocalGrid grid = await LocalGrid.StartAsync(1, one => one.ComputeThreads = options.Workers);
        await SparseBenchmark.WarmUpAsync(grid, plan);
        (JobProgress progress, int epochs, double loss) = await BenchmarkJob.ReachAsync(grid, plan, rows, options.Loss);
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
