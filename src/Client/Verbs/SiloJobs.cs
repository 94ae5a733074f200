using OrleansSgd.Data;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Silo;

namespace OrleansSgd.Client.Verbs;

/// <summary>The jobs of <c>grid silo</c>: those it resumed, and those it accepts, whoever submits them.</summary>
internal sealed class SiloJobs(Terminal terminal, SiloRequest request, DataCache cache) : IJobObserver, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<SiloJob> _jobs = [];

    // A client may submit a moment before this process knows that its silos are up.
    private readonly TaskCompletionSource<LocalGrid> _grid = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every job so far.</summary>
    public IReadOnlyList<SiloJob> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _jobs];
            }
        }
    }

    /// <summary>Jobs are the grid's from now on.</summary>
    public void Attach(LocalGrid grid) => _grid.SetResult(grid);

    /// <summary>A job that is accepted gets its folder and its trace before its first step.</summary>
    public void Accepted(string job, JobPlan plan) => Open(job, plan.Name);

    /// <summary>It is followed from its first step on.</summary>
    public void Begun(string job, JobPlan plan) => All.LastOrDefault(one => one.Id == job)?.Follow(plan);

    /// <summary>Makes the folder of a job and begins its trace.</summary>
    /// <returns>Null when results cannot be written: the job goes on, and its model stays in the store.</returns>
    public SiloJob? Open(string job, string name)
    {
        try
        {
            var opened = SiloJob.Open(terminal, request, _grid.Task.GetAwaiter().GetResult(), cache, job, name);
            lock (_gate)
            {
                _jobs.Add(opened);
            }

            return opened;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine(
                $"grid: the results of {job} cannot be written to {request.Out}: {error.Message} "
                + $"The job goes on; 'grid export {job} --out FILE' fetches its model.");
            return null;
        }
    }

    /// <summary>Completes when no job is left: with the first thing that was not as it should be, or null.</summary>
    public async Task<Failure?> OverAsync()
    {
        while (true)
        {
            IReadOnlyList<SiloJob> known = All;
            Failure?[] failures = await Task.WhenAll(known.Select(job => job.Over));
            if (All.Count == known.Count)
            {
                return failures.FirstOrDefault(failure => failure is not null);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _grid.TrySetCanceled();
        foreach (SiloJob job in All)
        {
            job.Dispose();
        }
    }
}
