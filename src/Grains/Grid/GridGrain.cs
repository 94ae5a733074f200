using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Placement;
using OrleansSgd.Grains.Checkpoints;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Grid;

/// <summary>Accepts jobs and keeps the list of them.</summary>
/// <remarks>
/// Where there is a store, the list is the store's, and a job is in it before its id is given out. To look at a job that is not run here never claims it:
/// another grid may be at it.
/// </remarks>
[PreferLocalPlacement]
public sealed partial class GridGrain(
    CheckpointPort port, SiloScalingPort scaling, IOptions<GridOptions> options, IOptions<ClusterOptions> cluster,
    IEnumerable<IJobObserver> observers) : Grain, IGridGrain
{
    private readonly List<(string Job, string Name)> _jobs = [];

    /// <summary>The id that a job gets on a grid that has had none.</summary>
    public static string FirstJob(JobPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return IdOf(plan.Name, 1);
    }

    /// <inheritdoc/>
    public async Task<SubmitAnswer> Submit(string plan)
    {
        JobPlan job;
        try
        {
            job = JobPlan.FromJson(plan);
        }
        catch (InvalidDataException error)
        {
            return new SubmitAnswer(null, [error.Message]);
        }

        string[] mistakes = [.. job.Mistakes(), .. JobRoots.Mistakes(job, options.Value.JobRoots, options.Value.DataFolder)];
        if (mistakes.Length > 0)
        {
            return new SubmitAnswer(null, mistakes);
        }

        if (port.Store is { } store)
        {
            return await KeepAsync(store, job, plan);
        }

        string id = IdOf(job.Name, _jobs.Count + 1);
        _jobs.Add((id, job.Name));
        TellAccepted(id, job);
        await GrainFactory.GetGrain<IJobGrain>(id).Start(plan);
        return new SubmitAnswer(id, []);
    }

    /// <inheritdoc/>
    public async Task<bool> Leave(string silo, TimeSpan deadline)
    {
        string[] jobs = port.Store is { } store ? await RunningAsync(store) : [.. _jobs.Select(job => job.Job)];
        bool[] isClear = await Task.WhenAll(
            jobs.Select(job => GrainFactory.GetGrain<IJobGrain>(job).SiloLeaving(silo, deadline)).ToArray());
        return isClear.All(clear => clear);
    }

    private static string IdOf(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");

    /// <inheritdoc/>
    public async Task<JobSummary[]> List()
    {
        if (port.Store is { } store)
        {
            return await ListAsync(store);
        }

        var summaries = new JobSummary[_jobs.Count];
        for (int i = 0; i < summaries.Length; i++)
        {
            JobProgress progress = await GrainFactory.GetGrain<IJobGrain>(_jobs[i].Job).Progress(int.MaxValue);
            summaries[i] = new JobSummary(_jobs[i].Job, _jobs[i].Name, progress.Phase);
        }

        return summaries;
    }
}
