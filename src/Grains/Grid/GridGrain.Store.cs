using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;

namespace OrleansSgd.Grains.Grid;

/// <content>The list of jobs as the store has it.</content>
public sealed partial class GridGrain
{
    private readonly HashSet<string> _here = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<string> NextId(string name) => port.Store is { } store
        ? IdOf(name, NumberAfter(await store.JobsAsync(CancellationToken.None), name))
        : IdOf(name, _jobs.Count + 1);

    /// <inheritdoc/>
    public async Task<string[]> ResumeAll()
    {
        var resumed = new List<string>();
        if (port.Store is { } store)
        {
            foreach (string job in await store.JobsAsync(CancellationToken.None))
            {
                FoundCheckpoint found = await store.FindAsync(job, CancellationToken.None);
                if (found.Manifest is null ? found.PassedOver.Count > 0 : found.Manifest.Outcome is null)
                {
                    // One of which nothing is whole says so by itself.
                    Know(job);
                    await GrainFactory.GetGrain<IJobGrain>(job).Resume();
                    resumed.Add(job);
                }
            }
        }

        return [.. resumed];
    }

    // In the store before anybody is told that it is accepted, so that it cannot get lost any more.
    private async Task<SubmitAnswer> KeepAsync(ICheckpointStore store, JobPlan job, string plan)
    {
        try
        {
            string[] known = await store.JobsAsync(CancellationToken.None);
            for (int number = NumberAfter(known, job.Name); ; number++)
            {
                string id = IdOf(job.Name, number);
                if (await TryKeepAsync(store, id, plan) is not { } claim)
                {
                    continue; // another grid on the same store takes the id at this moment
                }

                Know(id);
                TellAccepted(id, job);
                await GrainFactory.GetGrain<IJobGrain>(id).Begin(plan, claim.Generation, claim.Token);
                return new SubmitAnswer(id, []);
            }
        }
        catch (CheckpointStoreException trouble)
        {
            return new SubmitAnswer(null, [$"The job cannot be kept: {trouble.Message}"]);
        }
    }

    private static async Task<StoreClaim?> TryKeepAsync(ICheckpointStore store, string id, string plan)
    {
        try
        {
            StoreClaim claim = await store.ClaimAsync(id, CancellationToken.None);
            if (claim.Generation > 1)
            {
                return null;
            }

            await store.PublishAsync(
                claim, new CheckpointManifest { Job = id, Number = 1, Generation = claim.Generation, Plan = plan }, CancellationToken.None);
            return claim;
        }
        catch (CheckpointStoreException trouble) when (trouble.Trouble == StoreTrouble.Outclaimed)
        {
            return null;
        }
    }

    private async Task<JobSummary[]> ListAsync(ICheckpointStore store)
    {
        string[] jobs = await store.JobsAsync(CancellationToken.None);
        var summaries = new List<JobSummary>();
        foreach (string job in _jobs.Select(one => one.Job).Union(jobs))
        {
            summaries.Add(new JobSummary(job, NameOf(job), _here.Contains(job)
                ? (await GrainFactory.GetGrain<IJobGrain>(job).Progress(int.MaxValue)).Phase
                : PhaseOf(await store.FindAsync(job, CancellationToken.None))));
        }

        return [.. summaries];
    }

    // Jobs may be older than this activation: the one that accepted them went with its silo.
    private async Task<string[]> RunningAsync(ICheckpointStore store) =>
        [.. (await ListAsync(store)).Where(job => job.Phase is JobPhase.Starting or JobPhase.Running or JobPhase.Paused).Select(job => job.Job)];

    private void Know(string job)
    {
        if (_here.Add(job))
        {
            _jobs.Add((job, NameOf(job)));
        }
    }

    // What cannot be read will fail when it is resumed, and say why.
    private static JobPhase PhaseOf(FoundCheckpoint found) => found.Manifest is not { } manifest ? JobPhase.Failed
        : Enum.TryParse(manifest.Outcome, out JobPhase phase) ? phase
        : JobPhase.Running;

    private static string NameOf(string job) => job.LastIndexOf('-') is > 0 and int end ? job[..end] : job;

    private static int NumberAfter(IEnumerable<string> jobs, string name) => 1 + jobs
        .Where(job => job.StartsWith(name + "-", StringComparison.Ordinal))
        .Select(job => int.TryParse(job.AsSpan(name.Length + 1), out int number) ? number : 0)
        .DefaultIfEmpty()
        .Max();
}
