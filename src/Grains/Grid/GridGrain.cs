using System.Globalization;
using Orleans.Placement;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Grid;

/// <summary>Accepts jobs and keeps the list of them.</summary>
[PreferLocalPlacement]
public sealed class GridGrain : Grain, IGridGrain
{
    private readonly List<(string Job, string Name)> _jobs = [];

    /// <summary>The id that a job gets on a grid that has had none.</summary>
    public static string FirstJob(JobPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return IdOf(plan, 1);
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

        string[] mistakes = [.. job.Mistakes()];
        if (mistakes.Length > 0)
        {
            return new SubmitAnswer(null, mistakes);
        }

        string id = IdOf(job, _jobs.Count + 1);
        _jobs.Add((id, job.Name));
        await GrainFactory.GetGrain<IJobGrain>(id).Start(plan);
        return new SubmitAnswer(id, []);
    }

    private static string IdOf(JobPlan plan, int number) => string.Create(CultureInfo.InvariantCulture, $"{plan.Name}-{number}");

    /// <inheritdoc/>
    public async Task<JobSummary[]> List()
    {
        var summaries = new JobSummary[_jobs.Count];
        for (int i = 0; i < summaries.Length; i++)
        {
            JobProgress progress = await GrainFactory.GetGrain<IJobGrain>(_jobs[i].Job).Progress(int.MaxValue);
            summaries[i] = new JobSummary(_jobs[i].Job, _jobs[i].Name, progress.Phase);
        }

        return summaries;
    }
}
