using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;
using OrleansSgd.Telemetry;
using OrleansSgd.Telemetry.Export;

namespace OrleansSgd.Benchmarks.Training;

/// <summary>A run that writes its trace, as <c>./grid train</c> has it do.</summary>
internal static class TracedRun
{
    /// <summary>Runs the job to its end; the trace is gone then.</summary>
    /// <param name="number">Which job of the grid it is, from 1.</param>
    /// <exception cref="InvalidOperationException">The job is refused or fails, or nothing was traced.</exception>
    public static async Task<(IJobGrain Job, JobProgress Progress)> RunAsync(LocalGrid grid, JobPlan plan, int number)
    {
        string path = Path.Combine(Path.GetTempPath(), $"training-{Environment.ProcessId}.jsonl");
        string job = $"{plan.Name}-{number}";
        try
        {
            using var trace = new TraceFile(path, new JobTrace(job, grid.Cluster));
            (IJobGrain Job, JobProgress Progress) run = await BenchmarkJob.RunAsync(grid, plan);
            trace.Dispose();
            return new FileInfo(path).Length > 0 ? run : throw new InvalidOperationException($"The trace of {job} is empty: nothing was traced.");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
